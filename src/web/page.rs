//! Pages: the shell around every page, and how a page or a failure becomes an answer.
//!
//! Invariant: a page knows who reads it, in which organization, at which instant; the templates escape everything.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::caller::Who;
use super::failure::Told;
use super::{Answer, Caller, Failure, Look};
use crate::auth::Action;
use crate::vocabulary::{Moment, TimeZone};

/// The places of the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Today,
    Assets,
    Boundary,
    Access,
    Controls,
    Findings,
    Evidence,
    Timeline,
    Members,
    Settings,
    None,
}

/// A link of the navigation.
pub struct NavLink {
    pub label: &'static str,
    pub href: String,
    pub current: bool,
}

/// What stands around a page.
pub struct Shell {
    pub title: String,
    /// Name and slug of the organization; none on pages of no organization.
    pub organization: Option<(String, String)>,
    pub person: String,
    pub places: Vec<NavLink>,
    /// The instant the page shows, when it is not now: for people, and as it stands in addresses.
    pub as_of: Option<(String, String)>,
    /// The address of this page at the newest state.
    pub now_href: String,
    pub flash: Option<&'static str>,
    /// The person serves several organizations.
    pub several: bool,
    pub time_zone: TimeZone,
    pub look: Look,
    /// Anything can be found: not by somebody who is here only to audit, nor where there is no organization.
    pub finds: bool,
    /// The address of this page, to come back to.
    pub here: String,
}

const PLACES: [(Place, &str, &str, Action); 11] = [
    (Place::Today, "Today", "", Action::ReadInventory),
    (Place::Assets, "Assets", "assets", Action::ReadInventory),
    (Place::Boundary, "Boundary", "boundary", Action::ReadInventory),
    (Place::Access, "Access", "access", Action::ReadAccess),
    (Place::Controls, "Controls", "frameworks", Action::ReadControls),
    (Place::Findings, "Findings", "findings", Action::ReadFindings),
    (Place::Evidence, "Evidence", "packages", Action::ReadEvidence),
    (Place::Evidence, "Evidence", "artifacts", Action::ReadArtifacts),
    (Place::Timeline, "Timeline", "timeline", Action::ReadTimeline),
    (Place::Members, "Members", "members", Action::ReadPeople),
    (Place::Settings, "Settings", "settings", Action::ReadSettings),
];

impl Shell {
    /// The shell of a page in the caller's organization.
    #[must_use]
    pub fn of(caller: &Caller, place: Place, title: impl Into<String>) -> Self {
        let organization = caller.serving.as_ref().map(|serving| (serving.name.clone(), serving.slug.clone()));
        let as_of = caller.as_of.map(|at| (caller.told(at), at.rfc3339()));
        let query = super::links::query(as_of.iter().map(|(_, at)| ("as_of", at.as_str())));
        let mut seen = None;
        let audit =
            caller.confined.clone().map(|href| NavLink { label: "Audit", href, current: place == Place::Evidence });
        let places = PLACES
            .iter()
            .filter(|(_, _, _, action)| caller.may(*action))
            .filter(|(known, ..)| seen.replace(*known) != Some(*known))
            .map(|(known, label, path, _)| NavLink {
                label,
                href: format!(
                    "{}{query}",
                    super::links::place(organization.as_ref().map_or("", |(_, slug)| slug), path)
                ),
                current: *known == place,
            })
            .chain(audit)
            .collect();
        let several = matches!(caller.who, Who::User { served, .. } if served > 1);
        Self {
            title: title.into(),
            organization,
            person: caller.name.clone(),
            places,
            as_of,
            now_href: "?".to_owned(),
            flash: None,
            several,
            time_zone: caller.time_zone(),
            look: caller.look,
            finds: caller.serving.is_some() && caller.confined.is_none(),
            here: caller.here.clone(),
        }
    }

    /// The shell of a page before anybody signed in.
    #[must_use]
    pub fn bare(title: &str, look: Look) -> Self {
        Self {
            title: title.to_owned(),
            organization: None,
            person: String::new(),
            places: Vec::new(),
            as_of: None,
            now_href: "?".to_owned(),
            flash: None,
            several: false,
            time_zone: TimeZone::UTC,
            look,
            finds: false,
            here: "/".to_owned(),
        }
    }

    /// Says what was just done, by the word a redirect carried.
    #[must_use]
    pub fn saying(mut self, done: &str) -> Self {
        self.flash = DONE.iter().find(|(word, _)| *word == done).map(|(_, text)| *text);
        self
    }

    /// A moment in words, in the organization's zone.
    #[must_use]
    pub fn told(&self, at: Moment) -> String {
        self.time_zone.told(at)
    }

    /// The `as_of` of the page for links to other pages.
    #[must_use]
    pub fn query(&self) -> String {
        super::links::query(self.as_of.iter().map(|(_, at)| ("as_of", at.as_str())))
    }
}

/// What a redirect may say was done.
const DONE: &[(&str, &str)] = &[
    ("created", "Entered."),
    ("updated", "Saved."),
    ("named", "Saved as a view."),
    ("gone", "Removed."),
    ("unchanged", "Nothing differed, so nothing was written."),
    ("retired", "Retired. The reference stays taken and the history stays readable."),
    ("verified", "Verified."),
    ("imported", "Imported."),
    ("accepted", "Accepted into the inventory."),
    ("rejected", "Set aside."),
    ("invited", "Invited."),
    ("roles", "Roles changed."),
    ("disabled", "Disabled; every session has ended."),
    ("enabled", "Enabled."),
    ("revoked", "Revoked."),
    ("extended", "Extended."),
    ("ended", "The other sessions have ended."),
    ("password", "Password changed; the other sessions have ended."),
    ("enrolled", "Second factor enrolled."),
    ("ordered", "Ordered. It is built in the background; this page shows how far it is."),
    ("again", "Ordered once more."),
    ("let_in", "Let in. The access ends by itself."),
    ("approved", "Approved."),
    ("suspended", "Suspended; it permits nothing meanwhile."),
    ("resumed", "Resumed; it permits again."),
    ("decided", "Decided."),
    ("signed", "Signed. Every row is decided, and nothing of it changes any more."),
    ("abandoned", "Abandoned. It stays readable and counts for nothing."),
    ("reviewed", "Reviewed; the next review has its day."),
    ("refused", "Refused."),
    ("stepped", "Done."),
    ("logged", "Logged."),
    ("recorded", "Recorded."),
    ("adopted", "Adopted as planned controls. Make the words your own."),
    ("narrated", "Narrative saved."),
    ("attested", "Attested."),
    ("taken_back", "Withdrawn. It stays readable with who withdrew it and why."),
    ("uploaded", "The file is kept and recorded."),
    ("known", "These bytes were here already, as this file. Nothing was written twice."),
    ("attached", "Attached."),
    ("withdrawn", "Taken back. The history keeps it."),
];

/// A page as an answer.
pub fn show(page: &impl Template) -> Answer {
    show_as(StatusCode::OK, page)
}

/// A page as an answer with another status.
pub fn show_as(status: StatusCode, page: &impl Template) -> Answer {
    let text = page.render().map_err(|error| Failure::Bug(error.to_string()))?;
    let kind = (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    Ok((status, [kind], text).into_response())
}

/// Leads elsewhere with GET (303).
#[must_use]
pub fn see(address: &str) -> Response {
    let location = HeaderValue::try_from(address).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

/// JSON as an answer.
#[must_use]
pub fn json(value: &serde_json::Value) -> Response {
    json_as(StatusCode::OK, value)
}

/// JSON as an answer with another status.
#[must_use]
pub fn json_as(status: StatusCode, value: &serde_json::Value) -> Response {
    let kind = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    (status, [kind], value.to_string()).into_response()
}

/// The `OpenAPI` document, written once.
#[derive(Clone)]
pub struct Document(std::sync::Arc<str>);

impl Document {
    #[must_use]
    pub fn new(document: &serde_json::Value) -> Self {
        Self(document.to_string().into())
    }
}

/// Serves the `OpenAPI` document.
pub async fn document(axum::Extension(Document(text)): axum::Extension<Document>) -> Response {
    let kind = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    ([kind], text.to_string()).into_response()
}

#[derive(Template)]
#[template(path = "error.html")]
struct FailurePage<'t> {
    shell: Shell,
    told: &'t Told,
}

/// A failure as a page, or as problem+json (RFC 9457).
#[must_use]
pub fn failure(told: &Told, for_program: bool, look: Look) -> Response {
    if for_program {
        let problem = serde_json::json!({
            "type": format!("urn:glance:problem:{}", told.code),
            "title": told.title,
            "status": told.status.as_u16(),
            "code": told.code,
            "detail": told.detail,
            "problems": told.problems,
        });
        let kind = (header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        return (told.status, [kind], problem.to_string()).into_response();
    }
    if told.code == "sign_in_required"
        && let Some((address, _)) = &told.way
    {
        return see(address);
    }
    if told.code == "step_up_required"
        && let Some((address, _)) = told.way.as_ref().filter(|(address, _)| !address.ends_with('='))
    {
        return see(address);
    }
    let page = FailurePage { shell: Shell::bare(told.title, look), told };
    show_as(told.status, &page).unwrap_or_else(|_| told.status.into_response())
}
