//! Glance: the live system of record for the boundary between corporate IT and operational technology.
//!
//! The map of the house. One way in: every mutation is an action inside one change. One way out: everything shown,
//! exported or judged is computed from a snapshot of one organization at one instant.

pub mod access;
pub mod artifacts;
pub mod assets;
pub mod auth;
pub mod boundary;
pub mod checks;
pub mod clock;
pub mod command;
pub mod conduits;
pub mod controls;
pub mod departures;
pub mod engagements;
pub mod errands;
pub mod evidence;
pub mod exceptions;
pub mod findings;
pub mod flows;
pub mod frameworks;
pub mod ids;
pub mod obligations;
pub mod openapi;
pub mod organizations;
pub mod oscal;
pub mod people;
pub mod personnel;
pub mod posture;
pub mod register;
pub mod remote_access;
pub mod report;
pub mod reviews;
pub mod seal;
pub mod settings;
pub mod sheets;
pub mod sites;
pub mod storage;
pub mod systems;
pub mod timeline;
pub mod vocabulary;
pub mod web;
pub mod zones;

use axum::Router;
use axum::http::Method;
use posture::pages::{ANSWERED, APPLYING, CONNECTIVITY};
use register::known::Known;
use register::pages::{Tab, section};
use storage::change::Follower;
use storage::verify::AuditedKind;
use web::routes::Route;
use web::{App, Policy, Routes};

/// Every audited kind of record, for strict verification, backup and the tests that walk them all. A kind stands after
/// the kinds it points to.
pub const KINDS: &[AuditedKind] = &[
    AuditedKind::of::<organizations::OrganizationProfile>(),
    AuditedKind::of::<people::Membership>(),
    AuditedKind::of::<artifacts::Artifact>(),
    AuditedKind::of::<artifacts::Attachment>(),
    AuditedKind::of::<sites::Site>(),
    AuditedKind::of::<systems::System>(),
    AuditedKind::of::<zones::Zone>(),
    AuditedKind::of::<assets::Asset>(),
    AuditedKind::of::<assets::Interface>(),
    AuditedKind::of::<assets::Service>(),
    AuditedKind::of::<personnel::Vendor>(),
    AuditedKind::of::<personnel::Person>(),
    AuditedKind::of::<personnel::Appointment>(),
    AuditedKind::of::<personnel::Circumstance>(),
    AuditedKind::of::<personnel::Authorization>(),
    AuditedKind::of::<personnel::Account>(),
    AuditedKind::of::<conduits::Conduit>(),
    AuditedKind::of::<conduits::PermittedFlow>(),
    AuditedKind::of::<flows::Sensor>(),
    AuditedKind::of::<flows::Batch>(),
    AuditedKind::of::<flows::Discovery>(),
    AuditedKind::of::<remote_access::Grant>(),
    AuditedKind::of::<remote_access::SessionBatch>(),
    AuditedKind::of::<departures::Departure>(),
    AuditedKind::of::<exceptions::Exception>(),
    AuditedKind::of::<findings::Finding>(),
    AuditedKind::of::<findings::RemediationEntry>(),
    AuditedKind::of::<obligations::Performance>(),
    AuditedKind::of::<reviews::Review>(),
    AuditedKind::of::<reviews::ReviewDecision>(),
    AuditedKind::of::<engagements::Engagement>(),
    AuditedKind::of::<engagements::AuditorAccess>(),
    AuditedKind::of::<evidence::Package>(),
    AuditedKind::of::<controls::Control>(),
    AuditedKind::of::<controls::Narrative>(),
    AuditedKind::of::<controls::Attestation>(),
];

/// Every register, for what reaches across them: the palette, pickers, saved views.
pub const REGISTERS: &[Known] = &[
    Known::of::<assets::Asset>(),
    Known::of::<sites::Site>(),
    Known::of::<systems::System>(),
    Known::of::<zones::Zone>(),
    Known::of::<conduits::Conduit>(),
    Known::of::<conduits::PermittedFlow>(),
    Known::of::<remote_access::Grant>(),
    Known::of::<assets::Interface>(),
    Known::of::<assets::Service>(),
    Known::of::<flows::Sensor>(),
    Known::of::<personnel::Vendor>(),
    Known::of::<personnel::Person>(),
    Known::of::<personnel::Appointment>(),
    Known::of::<personnel::Circumstance>(),
    Known::of::<personnel::Authorization>(),
    Known::of::<personnel::Account>(),
    Known::of::<departures::Departure>(),
    Known::of::<findings::Finding>(),
    Known::of::<exceptions::Exception>(),
    Known::of::<controls::Control>(),
    Known::of::<obligations::Performance>(),
    Known::of::<reviews::Review>(),
    Known::of::<artifacts::Artifact>(),
    Known::of::<engagements::Engagement>(),
];

/// What evidence files can be attached to.
pub const ATTACHABLE: artifacts::attaching::Attachable = artifacts::attaching::Attachable {
    kinds: KINDS,
    is_requirement: |id| frameworks::catalogs().requirement(id).is_some(),
};

/// What somebody who is here only to audit sees.
pub const EYE: web::eye::Eye = |app, caller, sought| Box::pin(evidence::eye::look(app, caller, sought));

/// What the policy says of single flows.
pub const CALLING: flows::called::Calling = |app, caller, at| Box::pin(posture::pages::called(app, caller, at));

/// What follows from every change before it commits.
pub const FOLLOWERS: &[Follower] = &[|change| Box::pin(assets::standing::follow(change))];

/// Every route of the application with its policy.
#[must_use]
pub fn routes(app: &App) -> Routes {
    Routes::new(app)
        .on(&Method::GET, "/static/{id}", Policy::Public, web::files::serve)
        .on(&Method::GET, "/api/openapi.json", Policy::Public, web::page::document)
        .on(&Method::POST, "/look", Policy::Public, web::look::choose)
        .on(&Method::GET, "/health", Policy::Public, || async { "ok" })
        .with(timeline::pages::mount)
        .with(timeline::api::mount)
        .with(organizations::pages::mount)
        .with(people::pages::mount)
        .with(people::api::mount)
        .with(artifacts::pages::mount)
        .with(artifacts::api::mount)
        .with(assets::pages::mount)
        .with(flows::pages::mount)
        .with(flows::api::mount)
        .with(exceptions::pages::mount)
        .with(exceptions::api::mount)
        .with(findings::pages::mount)
        .with(findings::api::mount)
        .with(engagements::pages::mount)
        .with(evidence::pages::mount)
        .with(evidence::api::mount)
        .with(frameworks::api::mount)
        .with(controls::api::mount)
        .with(controls::pages::mount)
        .with(posture::pages::mount)
        .with(boundary::pages::mount)
        .with(obligations::pages::mount)
        .with(obligations::api::mount)
        .with(boundary)
        .with(access)
        .with(registers)
        .with(revocation)
}

/// The routes of every kind people keep, with the kinds shown on a record's page.
fn registers(routes: Routes) -> Routes {
    const PERFORMANCES: Tab = section::<obligations::Performance>();
    const CONDUITS: Tab = section::<conduits::Conduit>();
    const FINDINGS: Tab = section::<findings::Finding>();
    static OF_SITE: [Tab; 5] =
        [section::<systems::System>(), section::<zones::Zone>(), section::<assets::Asset>(), PERFORMANCES, APPLYING];
    const ACCOUNTS: Tab = section::<personnel::Account>();
    const AUTHORIZATIONS: Tab = section::<personnel::Authorization>();
    const GRANTS: Tab = section::<remote_access::Grant>();
    static OF_SYSTEM: [Tab; 8] =
        [FINDINGS, section::<assets::Asset>(), CONNECTIVITY, GRANTS, AUTHORIZATIONS, ACCOUNTS, PERFORMANCES, APPLYING];
    const SERVICES: Tab = section::<assets::Service>();
    const INTERFACES: Tab = section::<assets::Interface>();
    static OF_ASSET: [Tab; 8] = [FINDINGS, INTERFACES, SERVICES, CONDUITS, GRANTS, ACCOUNTS, PERFORMANCES, APPLYING];
    static OF_ENGAGEMENT: [Tab; 3] = [evidence::pages::READINESS, evidence::pages::PACKAGES, evidence::pages::AUDITORS];
    static OF_CONTROL: [Tab; 1] = [ANSWERED];
    routes
        .with(register::pages::saved::mount)
        .with(register::api::mount::<controls::Control>)
        .with(register::api::mount::<artifacts::Artifact>)
        .with(register::api::mount::<sites::Site>)
        .with(register::api::mount::<systems::System>)
        .with(register::api::mount::<assets::Asset>)
        .with(register::api::mount::<assets::Interface>)
        .with(register::api::mount::<assets::Service>)
        .with(register::api::mount::<flows::Sensor>)
        .with(register::api::mount::<obligations::Performance>)
        .with(register::api::mount::<engagements::Engagement>)
        .with(|routes| register::pages::mount::<engagements::Engagement>(routes, &OF_ENGAGEMENT))
        .with(|routes| register::pages::mount::<obligations::Performance>(routes, &[]))
        .with(|routes| register::pages::mount::<artifacts::Artifact>(routes, &[]))
        .with(|routes| register::pages::mount::<sites::Site>(routes, &OF_SITE))
        .with(|routes| register::pages::mount::<systems::System>(routes, &OF_SYSTEM))
        .with(|routes| register::pages::mount::<assets::Asset>(routes, &OF_ASSET))
        .with(|routes| register::pages::mount::<assets::Interface>(routes, &[]))
        .with(|routes| register::pages::mount::<assets::Service>(routes, &[]))
        .with(|routes| register::pages::mount::<flows::Sensor>(routes, &[]))
        .with(|routes| register::pages::mount::<controls::Control>(routes, &OF_CONTROL))
}

/// The routes of zones, conduits and what these permit, with the decisions about them.
fn boundary(routes: Routes) -> Routes {
    use conduits::pages::{CONDUIT, PERMITTED_FLOW, ZONE};
    static OF_ZONE: [Tab; 2] = [section::<conduits::Conduit>(), section::<assets::Asset>()];
    routes
        .with(conduits::pages::mount)
        .with(conduits::api::mount)
        .with(register::api::mount::<zones::Zone>)
        .with(register::api::mount::<conduits::Conduit>)
        .with(register::api::mount::<conduits::PermittedFlow>)
        .with(|routes| register::pages::mount_under(routes, &OF_ZONE, Some(ZONE)))
        .with(|routes| register::pages::mount_under(routes, &[], Some(CONDUIT)))
        .with(|routes| register::pages::mount_under(routes, &[], Some(PERMITTED_FLOW)))
}

/// The routes of people and their access, with the decisions about it.
fn access(routes: Routes) -> Routes {
    use personnel::pages::{ACCOUNT, APPOINTMENT, AUTHORIZATION, CIRCUMSTANCE};
    use remote_access::pages::grants;
    const GRANTS: Tab = section::<remote_access::Grant>();
    const FINDINGS: Tab = section::<findings::Finding>();
    static OF_PERSON: [Tab; 6] = [
        FINDINGS,
        GRANTS,
        section::<personnel::Authorization>(),
        section::<personnel::Account>(),
        section::<departures::Departure>(),
        section::<personnel::Appointment>(),
    ];
    static OF_VENDOR: [Tab; 3] = [FINDINGS, section::<personnel::Person>(), GRANTS];
    static JUDGED: [Tab; 1] = [FINDINGS];
    routes
        .with(personnel::pages::mount)
        .with(personnel::api::mount)
        .with(grants::mount)
        .with(remote_access::pages::sessions::mount)
        .with(register::api::mount::<personnel::Vendor>)
        .with(register::api::mount::<personnel::Person>)
        .with(register::api::mount::<personnel::Appointment>)
        .with(register::api::mount::<personnel::Circumstance>)
        .with(register::api::mount::<personnel::Authorization>)
        .with(register::api::mount::<personnel::Account>)
        .with(register::api::mount::<remote_access::Grant>)
        .with(|routes| register::pages::mount_under(routes, &OF_VENDOR, Some(access::VENDOR)))
        .with(|routes| register::pages::mount_under(routes, &OF_PERSON, Some(access::PERSON)))
        .with(|routes| register::pages::mount_under(routes, &JUDGED, Some(APPOINTMENT)))
        .with(|routes| register::pages::mount_under(routes, &JUDGED, Some(CIRCUMSTANCE)))
        .with(|routes| register::pages::mount_under(routes, &JUDGED, Some(AUTHORIZATION)))
        .with(|routes| register::pages::mount_under(routes, &JUDGED, Some(ACCOUNT)))
        .with(|routes| register::pages::mount_under(routes, &JUDGED, Some(grants::GRANT)))
}

/// The routes of terminations and transfers, of reviews, and of the place Access.
fn revocation(routes: Routes) -> Routes {
    static JUDGED: [Tab; 1] = [section::<findings::Finding>()];
    routes
        .with(access::pages::mount)
        .with(reviews::pages::mount)
        .with(reviews::api::mount)
        .with(departures::pages::mount)
        .with(departures::api::mount)
        .with(register::api::mount::<departures::Departure>)
        .with(|routes| register::pages::mount_under(routes, &JUDGED, Some(departures::pages::DEPARTURE)))
}

/// The application: all routes inside the layers that hold for every request, and the table of the routes.
pub fn assemble(app: &App) -> (Router, Vec<Route>) {
    let (router, table) = routes(app).finish();
    let router = router.layer(axum::Extension(web::page::Document::new(&openapi::document(&table))));
    (web::serving::around(router, app), table)
}
