//! Pages around people: signing in, one's own account, one-time links, and who serves an organization.
//!
//! Invariant: what is nobody's business looks the same whether it exists or not.

mod link;
mod me;
mod members;
mod sign_in;
mod tokens;

use axum::http::Method;

use crate::auth::Action;
use crate::web::{Policy, Routes};

/// Mounts the pages.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    let manage = Policy::Organization(Action::ManagePeople);
    let tokens = Policy::Organization(Action::ManageTokens);
    let (get, post) = (&Method::GET, &Method::POST);
    routes
        .on(get, "/sign-in", Policy::Public, sign_in::form)
        .on(post, "/sign-in", Policy::Public, sign_in::sign_in)
        .on(post, "/sign-out", Policy::SignedIn, sign_in::sign_out)
        .on(get, "/step-up", Policy::SignedIn, sign_in::step_up_form)
        .on(post, "/step-up", Policy::SignedIn, sign_in::step_up)
        .on(get, "/link/{id}", Policy::Public, link::form)
        .on(post, "/link/{id}", Policy::Public, link::answer)
        .on(get, "/", Policy::SignedIn, me::home)
        .on(get, "/portfolio", Policy::SignedIn, me::portfolio)
        .on(get, "/me", Policy::SignedIn, me::me)
        .on(post, "/me/password", Policy::SignedIn, me::password)
        .on(post, "/me/sessions", Policy::SignedIn, me::end_others)
        .on(get, "/me/second-factor", Policy::SignedIn, me::second_factor)
        .on(post, "/me/second-factor", Policy::SignedIn, me::enroll)
        .on(get, "/o/{slug}/members", Policy::Organization(Action::ReadPeople), members::list)
        .on(post, "/o/{slug}/members", manage, members::invite)
        .on(post, "/o/{slug}/members/{id}/roles", manage, members::set_roles)
        .on(post, "/o/{slug}/members/{id}/link", manage, members::reset)
        .on(post, "/o/{slug}/members/{id}/access", manage, members::set_access)
        .on(get, "/o/{slug}/tokens", tokens, tokens::list)
        .on(post, "/o/{slug}/tokens", tokens, tokens::make)
        .on(post, "/o/{slug}/tokens/{id}/revocation", tokens, tokens::revoke)
}
