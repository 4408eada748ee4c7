//! Decisions and acts about personnel records: what is approved, provisioned, removed, ended, looked back on, changed.
//!
//! Invariant: each is a version with its reason and its own leaf. Nobody decides about what they asked for, an approval keeps in
//! which office it was given, and what was done lies in the past and keeps its order.

mod access;
mod accounts;
mod circumstances;

use futures_util::future::BoxFuture;

use crate::auth::Action;
use crate::ids::UserId;
use crate::organizations::OrganizationProfile;
use crate::personnel::rules::deciding::Refusal;
use crate::register::{Act, Register, signing};
use crate::storage::{Change, Kept, Result};
use crate::vocabulary::{Date, Moment, TimeZone};

pub use access::AccessStep;
pub use accounts::AccountStep;
pub use circumstances::CircumstanceStep;

/// What somebody said with a step.
#[derive(Clone, Debug, Default)]
pub struct Said {
    pub why: String,
    /// When it was done; the moment of recording where nothing was said.
    pub at: Option<Moment>,
    /// The day it was done on; today where nothing was said.
    pub on: Option<Date>,
    /// What shows it.
    pub proof: String,
}

/// What a step asks beside the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    Nothing,
    Moment,
    Day,
    MomentAndProof,
}

/// A step as pages and the API offer it.
#[derive(Clone, Copy, Debug)]
pub struct Offer<S: 'static> {
    pub step: S,
    /// The resource under the record's address.
    pub resource: &'static str,
    pub title: &'static str,
    /// What a page says afterwards, as a word of its address.
    pub done: &'static str,
    pub action: Action,
    pub asked: Asked,
}

/// A kind with steps of its own.
pub trait Stepped: Register {
    type Step: Copy + Eq + Send + Sync + 'static;
    const STEPS: &'static [Offer<Self::Step>];

    /// Takes a step, or says why not.
    fn take<'c>(
        change: &'c mut Change,
        read: &'c Kept<Self>,
        step: Self::Step,
        said: &'c Said,
    ) -> BoxFuture<'c, Result<std::result::Result<(), Refusal>>>;
}

/// Who acts, when, and on which day of the organization's calendar.
struct Doing {
    act: Act,
    /// None for a program and a host command.
    by: Option<UserId>,
    now: Moment,
    zone: TimeZone,
}

impl Doing {
    fn today(&self) -> Date {
        self.zone.day(self.now)
    }

    /// When it was done; refused for what has not been yet.
    fn when(&self, said: &Said) -> std::result::Result<Moment, Refusal> {
        let at = said.at.unwrap_or(self.now);
        if at > self.now { Err("In the future; record it when it was done.".to_owned()) } else { Ok(at) }
    }
}

async fn doing(change: &mut Change, why: &str) -> Result<Doing> {
    let act = signing::act(change, why).await?;
    let by = act.by.as_ref().map(|member| member.user);
    let (id, now) = (change.organization(), change.moment());
    let profile = change.reading().await?.find::<OrganizationProfile>(id).await?;
    let zone = profile.map_or(TimeZone::UTC, |profile| profile.zone());
    Ok(Doing { act, by, now, zone })
}

/// A proof that says something.
fn proof(said: &Said) -> std::result::Result<String, Refusal> {
    let proof = said.proof.trim();
    if proof.is_empty() { Err("No proof; say what shows it.".to_owned()) } else { Ok(proof.to_owned()) }
}
