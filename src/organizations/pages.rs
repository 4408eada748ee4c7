//! The organization's settings: what it says of itself, and the limits its clocks follow.
//!
//! Invariant: a change of settings is a version of the profile, with a reason.

use askama::Template;
use axum::extract::State;
use axum::http::{Method, StatusCode};

use super::{DueDays, OrganizationProfile, actions};
use crate::auth::Action;
use crate::register::{Draft, field};
use crate::storage::{Kept, Snapshot};
use crate::vocabulary::MonthMode;
use crate::web::extract::{Asking, Filled};
use crate::web::page::Place;
use crate::web::{Answer, App, Caller, Failure, Policy, Routes, Shell, links, page};

/// Mounts the pages and operations.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    let (read, manage) = (Policy::Organization(Action::ReadSettings), Policy::Organization(Action::ManageOrganization));
    routes.on(&Method::GET, "/o/{slug}/settings", read, show).on(&Method::POST, "/o/{slug}/settings", manage, save).api(
        &Method::GET,
        "organizations",
        Action::ReadInventory,
        "Read the organization of the caller",
        get,
    )
}

#[derive(Template)]
#[template(path = "organizations/settings.html")]
struct SettingsPage {
    shell: Shell,
    base: String,
    profile: OrganizationProfile,
    functions: String,
    version: i64,
    draft: Draft,
    may_manage: bool,
    may_make_tokens: bool,
}

impl SettingsPage {
    /// Days by severity, as the form shows them: name, label, days.
    fn due(&self) -> [(&'static str, &'static str, u16); 4] {
        let days = &self.profile.due_days;
        [
            ("due_critical", "Critical", days.critical),
            ("due_high", "High", days.high),
            ("due_medium", "Medium", days.medium),
            ("due_low", "Low", days.low),
        ]
    }

    /// Choices of the boundary, as the form shows them: name, label, whether it is chosen, what it means.
    fn choices(&self) -> [(&'static str, &'static str, bool, &'static str); 2] {
        let profile = &self.profile;
        [
            (
                "dmz_required",
                "DMZ required",
                profile.dmz_required,
                "A direct conduit between corporate IT and operational technology fails for good; no exception justifies it.",
            ),
            (
                "public_forbidden",
                "Public networks forbidden",
                profile.public_forbidden,
                "A conduit from an external zone to operational technology fails for good; no exception justifies it.",
            ),
        ]
    }

    /// Days of the boundary, as the form shows them: name, label, days, what they mean.
    fn days(&self) -> [(&'static str, &'static str, u16, &'static str); 2] {
        let profile = &self.profile;
        [
            (
                "evaluation_days",
                "Evaluate within",
                profile.evaluation_days,
                "Days within which an unexpected flow is evaluated: its finding is due no later.",
            ),
            (
                "unused_after_days",
                "Unused after",
                profile.unused_after_days,
                "Days after which a permission nobody uses is named.",
            ),
        ]
    }

    /// Limits of remote access, as the form shows them: name, label, number, what they mean.
    fn access(&self) -> [(&'static str, &'static str, u16, &'static str); 5] {
        let profile = &self.profile;
        let longest = profile.longest_grant;
        [
            (
                "longest_grant_employee",
                "Employees' grants",
                longest.employee,
                "Days a grant of remote access may last for an employee at most.",
            ),
            ("longest_grant_contractor", "Contractors' grants", longest.contractor, "Days at most for a contractor."),
            (
                "longest_grant_vendor",
                "Vendors' grants",
                longest.vendor,
                "Days at most for a vendor. An extension counts its days from when it is given.",
            ),
            (
                "idle_minutes",
                "Idle sessions",
                profile.idle_minutes,
                "Minutes without activity after which a remote session is to end.",
            ),
            (
                "gateway_fresh_minutes",
                "Silent gateways",
                profile.gateway_fresh_minutes,
                "Minutes after which a gateway that said nothing no longer tells who is in.",
            ),
        ]
    }

    fn problem(&self, field: &str) -> Option<&str> {
        self.draft.problems.iter().find(|problem| problem.field == field).map(|problem| problem.problem.as_str())
    }
}

async fn profile(at: &mut Snapshot) -> Answer<Kept<OrganizationProfile>> {
    let id = at.organization();
    at.find::<OrganizationProfile>(id).await?.ok_or(Failure::NotFound)
}

fn settings_page(caller: &Caller, profile: OrganizationProfile, version: i64, draft: Draft) -> Answer<SettingsPage> {
    Ok(SettingsPage {
        shell: Shell::of(caller, Place::Settings, "Settings"),
        base: links::place(&caller.serving()?.slug, ""),
        functions: profile.functions.join(";"),
        profile,
        version,
        draft,
        may_manage: caller.may_now(Action::ManageOrganization),
        may_make_tokens: caller.may_now(Action::ManageTokens),
    })
}

async fn show(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let kept = profile(&mut at).await?;
    let mut view = settings_page(&caller, kept.content, kept.version, Draft::default())?;
    view.shell = view.shell.saying(asking.text("done"));
    page::show(&view)
}

/// The profile as the form says it; problems beside their fields.
fn drafted(known: &OrganizationProfile, filled: &mut Filled) -> (OrganizationProfile, Draft) {
    let (mut draft, mut profile) = (Draft::default(), known.clone());
    let (name, time_zone, days) = (filled.take("name"), filled.take("time_zone"), filled.take("verify_within_days"));
    match OrganizationProfile::begin(&known.slug, &name, time_zone.trim()) {
        Ok(begun) => (profile.name, profile.time_zone) = (begun.name, begun.time_zone),
        Err((field, problem)) => draft.refuse(field, "", problem),
    }
    for (field_name, target) in [("ncr", &mut profile.ncr), ("region", &mut profile.region)] {
        let text = filled.take(field_name);
        match field::line(&text, 20) {
            Ok(line) => *target = line,
            Err(problem) => draft.refuse(field_name, &text, problem),
        }
    }
    let mode = filled.take("month_mode");
    match MonthMode::parse(&mode) {
        Ok(mode) => profile.month_mode = mode,
        // A client that does not know the setting leaves it as it is.
        Err(_) if mode.is_empty() => {}
        Err(problem) => draft.refuse("month_mode", &mode, problem),
    }
    profile.functions = field::split(&filled.take("functions")).map(str::to_owned).collect();
    due_days(&mut profile.due_days, filled, &mut draft);
    boundary(&mut profile, filled, &mut draft);
    access(&mut profile, filled, &mut draft);
    match days.parse::<u16>().ok().filter(|days| (1..=1_830).contains(days)) {
        Some(days) => profile.verify_within_days = days,
        None => draft.refuse("verify_within_days", &days, "1 to 1,830 days"),
    }
    (profile, draft)
}

/// What the rules of the boundary follow. A client that does not know a setting leaves it as it is.
fn boundary(profile: &mut OrganizationProfile, filled: &mut Filled, draft: &mut Draft) {
    let flags = [("dmz_required", &mut profile.dmz_required), ("public_forbidden", &mut profile.public_forbidden)];
    for (name, target) in flags {
        let Some(text) = filled.0.remove(name) else { continue };
        match field::flag(&text) {
            Ok(Some(found)) => *target = found,
            _ => draft.refuse(name, &text, "yes or no"),
        }
    }
    let days =
        [("evaluation_days", &mut profile.evaluation_days), ("unused_after_days", &mut profile.unused_after_days)];
    for (name, target) in days {
        let Some(text) = filled.0.remove(name) else { continue };
        match text.trim().parse::<u16>().ok().filter(|days| (1..=1_830).contains(days)) {
            Some(found) => *target = found,
            None => draft.refuse(name, &text, "1 to 1,830 days"),
        }
    }
}

/// What the rules of remote access follow. A client that does not know a setting leaves it as it is.
fn access(profile: &mut OrganizationProfile, filled: &mut Filled, draft: &mut Draft) {
    let longest = &mut profile.longest_grant;
    let numbers = [
        ("longest_grant_employee", &mut longest.employee, 1_830, "days"),
        ("longest_grant_contractor", &mut longest.contractor, 1_830, "days"),
        ("longest_grant_vendor", &mut longest.vendor, 1_830, "days"),
        ("idle_minutes", &mut profile.idle_minutes, 1_440, "minutes"),
        ("gateway_fresh_minutes", &mut profile.gateway_fresh_minutes, 1_440, "minutes"),
    ];
    for (name, target, most, unit) in numbers {
        let Some(text) = filled.0.remove(name) else { continue };
        match text.trim().parse::<u16>().ok().filter(|number| (1..=most).contains(number)) {
            Some(found) => *target = found,
            None if most == 1_830 => draft.refuse(name, &text, format!("1 to 1,830 {unit}")),
            None => draft.refuse(name, &text, format!("1 to 1,440 {unit}")),
        }
    }
}

/// Days by severity: whole, and the worse the sooner.
fn due_days(days: &mut DueDays, filled: &mut Filled, draft: &mut Draft) {
    let wanted = [
        ("due_critical", &mut days.critical),
        ("due_high", &mut days.high),
        ("due_medium", &mut days.medium),
        ("due_low", &mut days.low),
    ];
    for (name, target) in wanted {
        let Some(text) = filled.0.remove(name) else { continue };
        match text.trim().parse::<u16>().ok().filter(|days| (1..=1_830).contains(days)) {
            Some(found) => *target = found,
            None => draft.refuse(name, &text, "1 to 1,830 days"),
        }
    }
    if !(days.critical <= days.high && days.high <= days.medium && days.medium <= days.low) {
        draft.refuse("due_critical", "", "the worse a finding, the sooner it is due");
    }
}

async fn save(State(app): State<App>, caller: Caller, mut filled: Filled) -> Answer {
    let (version, reason) = (filled.take("version"), filled.take("reason"));
    let mut change = caller.change(&app).await?;
    let kept = profile(change.reading().await?).await?;
    if version != kept.version.to_string() {
        return Err(Failure::Stale);
    }
    let (wanted, mut draft) = drafted(&kept.content, &mut filled);
    if reason.trim().is_empty() || field::line(&reason, 500).is_err() {
        draft.refuse("reason", &reason, "one line; say why, for the history");
    }
    if !draft.is_good() {
        let view = settings_page(&caller, wanted, kept.version, draft)?;
        return page::show_as(StatusCode::UNPROCESSABLE_ENTITY, &view);
    }
    actions::revise(&mut change, &kept, &wanted, reason.trim()).await?;
    change.commit().await?;
    Ok(page::see(&format!("{}?done=updated", links::place(&caller.serving()?.slug, "settings"))))
}

async fn get(State(app): State<App>, caller: Caller) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let kept = profile(&mut at).await?;
    let item = serde_json::json!({"id": kept.id, "version": kept.version, "organization": kept.content});
    Ok(page::json(&serde_json::json!({"items": [item], "next": null, "total": 1, "total_exact": true})))
}
