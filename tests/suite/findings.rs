//! Findings on both engines: opened, folded, reopened and verified by checks; taken through their life by people.

use std::collections::BTreeMap;

use axum::http::Method;
use glance::auth::Scope;
use glance::checks::{Check, Class, Outcome, Severity, Subject, Verdict};
use glance::findings::{Finding, Followed, State, counting, follow, records};
use glance::ids::{FindingId, Id};
use glance::register::Asked;
use glance::storage::{AsOf, Kept};
use glance::vocabulary::Date;
use serde_json::json;
use uuid::Uuid;

use crate::on_each_engine;
use crate::support::http::{Answer, Site, Way};
use crate::support::{Bed, CANARY};

pub const FORM: [(&str, &str); 1] = [("content-type", "application/x-www-form-urlencoded")];

pub static ZONE: Check = Check {
    code: "GL-T-01",
    sentence: "Every asset is in a zone.",
    class: Class::Mandatory,
    severity: Severity::High,
    requirements: &["CIP-005-7 R1.1"],
    source: "CIP-005-7 R1.1",
};
static FIRMWARE: Check = Check {
    code: "GL-T-02",
    class: Class::Advisory,
    severity: Severity::Low,
    requirements: &["CIP-010-4 R1.1"],
    ..ZONE
};

pub fn verdict(check: &'static Check, n: u128, outcome: Outcome, cause: &str) -> Verdict {
    let subject = Subject { kind: "asset".to_owned(), id: Uuid::from_u128(n), reference: format!("RTU-{n}") };
    Verdict {
        check,
        subject,
        outcome,
        because: format!("RTU-{n} is in no zone."),
        cause: cause.to_owned(),
        gap: None,
        severity: None,
        seen: None,
    }
}

fn zones(rows: &[(u128, Outcome)]) -> Vec<Verdict> {
    rows.iter().map(|(n, outcome)| verdict(&ZONE, *n, *outcome, "no zone")).collect()
}

pub async fn followed(bed: &Bed, verdicts: &[Verdict]) -> Followed {
    bed.clock.advance_seconds(60);
    let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
    let at = change.moment();
    let followed = follow(&mut change, verdicts, at).await.unwrap();
    change.commit().await.unwrap();
    followed
}

async fn listed(bed: &Bed, filters: &[(&str, &str)], sort: &str) -> Vec<Kept<Finding>> {
    let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
    let filters =
        filters.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect::<BTreeMap<_, _>>();
    let asked = Asked { filters, sort: sort.to_owned(), limit: Some(50), ..Asked::default() };
    asked.understand::<Finding>().unwrap().page(&mut at).await.unwrap().rows.into_iter().map(|row| row.kept).collect()
}

pub async fn one(bed: &Bed, reference: &str) -> Kept<Finding> {
    let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
    at.every::<Finding>().await.unwrap().into_iter().find(|kept| kept.reference.as_str() == reference).unwrap()
}

pub async fn post(site: &Site, way: &Way, path: &str, body: &str) -> Answer {
    site.ask(way, Method::POST, path, &FORM, body).await
}

on_each_engine! {
    async fn checks_open_fold_reopen_and_close(bed: Bed) {
        use Outcome as O;
        let first = zones(&[(2, O::Fail), (10, O::Fail), (3, O::Pass), (4, O::Indeterminate), (5, O::Justified)]);
        assert_eq!(followed(&bed, &first).await, Followed { opened: 1, ..Followed::default() });
        let found = one(&bed, "F-00001").await;
        assert_eq!((found.count, found.touched[0].reference.as_str(), found.title.as_str()), (2, "RTU-2", "Not so for no zone: Every asset is in a zone."));
        assert_eq!(found.due, Some(Date::parse("2026-04-01").unwrap()), "thirty days for a high one");
        assert_eq!(followed(&bed, &first).await, Followed { unchanged: 1, ..Followed::default() });
        assert_eq!(one(&bed, "F-00001").await.version, 1, "a night without news writes nothing");

        let wider = zones(&[(2, O::Fail), (10, O::Fail), (3, O::Fail)]);
        assert_eq!(followed(&bed, &wider).await, Followed { updated: 1, ..Followed::default() });
        let found = one(&bed, "F-00001").await;
        assert_eq!((found.count, found.version), (3, 2));
        assert!(found.last_seen > found.first_seen);

        let unclear = zones(&[(2, O::Indeterminate), (10, O::Pass), (3, O::Pass)]);
        assert_eq!(followed(&bed, &unclear).await, Followed { unchanged: 1, ..Followed::default() }, "missing data is no pass");
        let other = [verdict(&FIRMWARE, 2, O::Fail, "")];
        assert_eq!(followed(&bed, &other).await, Followed { opened: 1, ..Followed::default() }, "another check says nothing of the first");
        assert_eq!(one(&bed, "F-00001").await.state, State::Open);

        let passed = zones(&[(2, O::Pass), (10, O::Pass), (3, O::Pass)]);
        assert_eq!(followed(&bed, &passed).await, Followed { closed: 1, ..Followed::default() });
        let closed = one(&bed, "F-00001").await;
        assert_eq!((closed.state, closed.outcome.as_str()), (State::Closed, "The fact is gone."));
        assert_eq!(followed(&bed, &passed).await, Followed::default());
        assert_eq!(followed(&bed, &wider).await, Followed { reopened: 1, ..Followed::default() });
        let back = one(&bed, "F-00001").await;
        assert_eq!((back.state, back.reopen_count, back.id), (State::Open, 1, closed.id));
        let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
        assert_eq!(records::of_record(&mut at, Uuid::from_u128(10)).await.unwrap().len(), 1);
        assert_eq!(records::of_record(&mut at, Uuid::from_u128(99)).await.unwrap().len(), 0);
        let report = glance::storage::verify::verify(&bed.store, bed.organization, None, Some(glance::KINDS)).await.unwrap();
        assert!(report.holds(), "{:?}", report.problems);
        let mut foreign = bed.store.snapshot(bed.canary, AsOf::Now).await.unwrap();
        assert!(foreign.every::<Finding>().await.unwrap().is_empty());
    }

    async fn worked_on_it_waits_for_the_check(bed: Bed) {
        use Outcome as O;
        let site = Site::of(&bed);
        let engineer = site.person(&bed, bed.organization, "engineer", false).await;
        followed(&bed, &zones(&[(2, O::Fail)])).await;
        let found = one(&bed, "F-00001").await;
        let base = format!("/o/larkspur/findings/{}", found.id);
        assert_eq!(post(&site, &engineer, &format!("{base}/start"), "version=1").await.status.as_u16(), 303);
        let gone = followed(&bed, &zones(&[(2, O::Pass)])).await;
        assert_eq!(gone, Followed { updated: 1, ..Followed::default() }, "what somebody works on is not closed under their hands");
        let waiting = one(&bed, "F-00001").await;
        assert!(waiting.state == State::InRemediation && waiting.gone_since.is_some() && waiting.owner.is_some());
        let page = site.get(&engineer, &base).await.text();
        assert!(page.contains("log what was done"), "{page}");
        let body = format!("version={}&done=Moved+it&finished=yes", waiting.version);
        assert_eq!(post(&site, &engineer, &format!("{base}/remediation"), &body).await.status.as_u16(), 303);
        assert_eq!(followed(&bed, &zones(&[(2, O::Pass)])).await, Followed { verified: 1, ..Followed::default() });
        assert_eq!(one(&bed, "F-00001").await.state, State::Verified);
        assert_eq!(followed(&bed, &zones(&[(2, O::Fail)])).await, Followed { reopened: 1, ..Followed::default() });
    }

    async fn closing_what_still_fails_is_refused(bed: Bed) {
        use Outcome as O;
        let site = Site::of(&bed);
        let analyst = site.person(&bed, bed.organization, "compliance", true).await;
        followed(&bed, &zones(&[(2, O::Fail), (10, O::Fail)])).await;
        let found = one(&bed, "F-00001").await;
        let base = format!("/o/larkspur/findings/{}", found.id);
        let refused = post(&site, &analyst, &format!("{base}/closure"), "version=1&reason=not+ours").await;
        assert_eq!(refused.status.as_u16(), 422);
        assert!(refused.text().contains("GL-T-01 still fails for RTU-2, RTU-10") && refused.text().contains("not ours"));
        let conflict = post(&site, &analyst, &format!("{base}/triage"), "version=7&severity=low&owner=&due=2026-05-01&extent=Only+these&reason=r").await;
        assert_eq!(conflict.status.as_u16(), 409);
        let text = conflict.text();
        assert!(text.contains("Only these") && text.contains("Now in the record") && text.contains("2026-04-01"), "{text}");
        let odd = post(&site, &analyst, &format!("{base}/triage"), "version=1&severity=huge&owner=nobody&due=soon").await;
        assert_eq!(odd.status.as_u16(), 422);
        assert!(odd.text().contains("nobody here signs in as nobody"), "{}", odd.text());
        assert_eq!(one(&bed, "F-00001").await.version, 1, "nothing was written");
        for act in ["", "/edit", "/remediation", "/triage", "/start", "/attestation", "/closure", "/acceptance", "/reopening"] {
            let foreign = base.replace(&found.id.to_string(), "01890000-0000-7000-8000-000000000000");
            assert_eq!(site.get(&analyst, &format!("{foreign}{act}")).await.status.as_u16(), 404, "{act}");
            assert_eq!(site.get(&analyst, &format!("{base}{act}")).await.status.as_u16(), 200, "{act}");
        }
    }

    async fn a_finding_by_a_person_through_its_life(bed: Bed) {
        let site = Site::of(&bed);
        let token = site.token(&bed, Scope::ALL).await;
        let asset = site.post_json(&token, "/api/v1/assets", &json!({"reference": "7-PR-01", "kind": "rtu", "lifecycle": "in_service"})).await;
        assert_eq!(asset.status.as_u16(), 201);
        let engineer = site.person(&bed, bed.organization, "engineer", false).await;
        let analyst = site.person(&bed, bed.organization, "compliance approver", true).await;
        let body = "key=k1&title=Cabinet+open&severity=critical&touched=7-pr-01&requirements=CIP-006-6+R1.1&description=Seen+on+site";
        let opened = post(&site, &engineer, "/o/larkspur/findings", body).await;
        assert_eq!(opened.status.as_u16(), 303, "{}", opened.text());
        let base = opened.header("location").split('?').next().unwrap().to_owned();
        assert_eq!(post(&site, &engineer, "/o/larkspur/findings", body).await.header("location").split('?').next(), Some(base.as_str()));
        let found = one(&bed, "F-00001").await;
        assert_eq!((found.due.map(|due| due.to_string()).as_deref(), found.touched.len(), found.count), (Some("2026-03-09"), 1, 1));
        let wrong = post(&site, &engineer, "/o/larkspur/findings", "key=k2&title=&severity=odd&touched=NOPE").await;
        assert_eq!(wrong.status.as_u16(), 422);
        assert!(wrong.text().contains("no asset has the reference NOPE"));

        let edit = "version=1&title=Cabinet+open&severity=critical&requirements=CIP-006-6+R1.1&description=Seen&root_cause=Lock+broken&reason=Looked+again&owner=&due=2026-03-09&extent=&potential_noncompliance=yes&determined_on=2026-03-02&self_reported_on=&self_report=&notes=";
        assert_eq!(post(&site, &analyst, &base, edit).await.status.as_u16(), 303);
        let late = post(&site, &engineer, &base, &edit.replace("Lock+broken", "Forgotten")).await;
        assert_eq!(late.status.as_u16(), 409);
        assert!(late.text().contains("Forgotten") && late.text().contains("Lock broken"), "both stand side by side");

        let log = post(&site, &engineer, &format!("{base}/remediation"), "version=2&done=Locked+it&finished=yes&minutes=20&place=SUB07").await;
        assert_eq!(log.status.as_u16(), 303, "{}", log.text());
        let own = site.person(&bed, bed.organization, "engineer compliance", true).await;
        assert_eq!(post(&site, &own, &format!("{base}/attestation"), "version=3&evidence=").await.status.as_u16(), 422);
        assert_eq!(post(&site, &engineer, &format!("{base}/attestation"), "version=3&evidence=x").await.status.as_u16(), 403, "an engineer does not verify");
        assert_eq!(post(&site, &analyst, &format!("{base}/attestation"), "version=3&evidence=Photo+of+the+lock").await.status.as_u16(), 303);
        let verified = one(&bed, "F-00001").await;
        assert_eq!((verified.state, verified.verification.as_ref().unwrap().evidence.as_str()), (State::Verified, "Photo of the lock"));
        assert_eq!(post(&site, &analyst, &format!("{base}/closure"), "version=4&reason=").await.status.as_u16(), 422);
        assert_eq!(post(&site, &analyst, &format!("{base}/closure"), "version=4&reason=Done").await.status.as_u16(), 303);
        assert_eq!(post(&site, &analyst, &format!("{base}/reopening"), "version=5&reason=Open+again").await.status.as_u16(), 303);
        assert_eq!(one(&bed, "F-00001").await.reopen_count, 1);
        let page = site.get(&engineer, &base).await.text();
        assert!(page.contains("Locked it") && page.contains("7-PR-01") && !page.contains(CANARY));
        let then = site.get(&engineer, &format!("{base}?as_of=2026-03-02T15:00:30Z")).await;
        assert!(matches!(then.status.as_u16(), 200 | 404 | 422));
    }

    async fn accepted_only_under_an_exception_that_stands(bed: Bed) {
        let site = Site::of(&bed);
        let engineer = site.person(&bed, bed.organization, "engineer", false).await;
        let approver = site.person(&bed, bed.organization, "approver", true).await;
        followed(&bed, &zones(&[(2, Outcome::Fail)])).await;
        let found = one(&bed, "F-00001").await;
        let base = format!("/o/larkspur/findings/{}", found.id);
        let accept = "version=1&exception=P-1&reason=r";
        let unknown = post(&site, &engineer, &format!("{base}/acceptance"), accept).await;
        assert!(unknown.status.as_u16() == 422 && unknown.text().contains("no exception has this reference"));
        let asked = "key=k&reference=P-1&title=T&kind=policy&checks=GL-T-01&everything=yes&basis=b&from=2026-01-01&expires=2026-12-31";
        let href = post(&site, &engineer, "/o/larkspur/exceptions", asked).await.header("location").split('?').next().unwrap().to_owned();
        let early = post(&site, &engineer, &format!("{base}/acceptance"), accept).await;
        assert!(early.status.as_u16() == 422 && early.text().contains("not approved"));
        assert_eq!(post(&site, &approver, &format!("{href}/approval"), "version=1&reason=ok").await.status.as_u16(), 303);
        assert_eq!(post(&site, &engineer, &format!("{base}/acceptance"), accept).await.status.as_u16(), 303);
        assert_eq!(one(&bed, "F-00001").await.state, State::Accepted);
        assert_eq!(followed(&bed, &zones(&[(2, Outcome::Justified)])).await, Followed { unchanged: 1, ..Followed::default() });
        assert_eq!(followed(&bed, &zones(&[(2, Outcome::Fail)])).await, Followed { reopened: 1, ..Followed::default() }, "no longer excused");
    }

    async fn lists_filter_sort_page_and_count(bed: Bed) {
        let mut verdicts: Vec<Verdict> = (1..=30).map(|n| verdict(&ZONE, n, Outcome::Fail, "")).collect();
        verdicts.push(verdict(&FIRMWARE, 1, Outcome::Fail, ""));
        assert_eq!(followed(&bed, &verdicts).await.opened, 31);
        let critical = Finding { title: "Worst".into(), severity: Some(Severity::Critical), ..Finding::default() };
        let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
        let day = Date::parse("2026-03-02").unwrap();
        glance::findings::actions::open(&mut change, critical, Vec::new(), day, "").await.unwrap();
        change.commit().await.unwrap();
        let all = listed(&bed, &[], "").await;
        assert_eq!((all.len(), all[0].title.as_str(), all[31].check.as_str()), (32, "Worst", "GL-T-02"), "worst first");
        assert_eq!(all[0].reference.as_str(), "F-00032");
        for (name, value, count) in [
            ("state", "open", 32), ("state", "closed", 0), ("severity", "low", 1), ("owner", "-", 32), ("owner", "x", 0),
            ("requirement", "cip-005-7 r1.1", 30), ("asset", "rtu-1", 2), ("system", "rtu-1", 0), ("check", "gl-t-02", 1), ("due_before", "2026-03-10", 1), ("due_before", "2026-04-02", 31),
        ] {
            for sort in ["severity", "-severity", "reference", "due", "-owner", "state", "-last_seen"] {
                assert_eq!(listed(&bed, &[(name, value)], sort).await.len(), count, "{name}={value} by {sort}");
            }
        }
        let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
        assert_eq!(counting::by_state(&mut at).await.unwrap(), [(State::Open, 32)]);
        assert_eq!(counting::by_severity(&mut at).await.unwrap().iter().map(|(_, count)| *count).collect::<Vec<_>>(), [1, 30, 0, 1]);
        assert_eq!(counting::due_by(&mut at, Date::parse("2026-03-09").unwrap()).await.unwrap(), 1);
        assert_eq!(counting::worst(&mut at, 2).await.unwrap()[0].title, "Worst");
        assert_eq!(counting::due_first(&mut at, 1).await.unwrap()[0].title, "Worst");
        drop(at);
        let site = Site::of(&bed);
        let token = site.token(&bed, Scope::ALL).await;
        let page = site.get(&token, "/api/v1/findings?limit=10").await.json();
        assert_eq!((page["items"].as_array().unwrap().len(), page["total"].as_i64(), page["items"][0]["state"].as_str()), (10, Some(32), Some("open")));
        let next = page["next"].as_str().unwrap().to_owned();
        assert_eq!(site.get(&token, &format!("/api/v1/findings?limit=10&after={next}")).await.json()["items"].as_array().unwrap().len(), 10);
        let csv = site.get(&token, "/api/v1/findings.csv?severity=low").await.text();
        assert_eq!(csv.lines().count(), 2, "{csv}");
        let words = site.get(&token, "/api/v1/findings?q=rtu-7").await.json();
        assert_eq!(words["total"].as_i64(), Some(1));
        assert!(FindingId::parse(page["items"][0]["id"].as_str().unwrap()).is_some());
    }

    async fn many_at_once_with_a_report_each(bed: Bed) {
        followed(&bed, &[verdict(&ZONE, 1, Outcome::Fail, ""), verdict(&ZONE, 2, Outcome::Fail, "")]).await;
        let site = Site::of(&bed);
        let engineer = site.person(&bed, bed.organization, "engineer", false).await;
        let mut work = bed.store.read_platform().await.unwrap();
        let login = work.tables().members(bed.organization).await.unwrap()[0].login.clone();
        drop(work);
        let (first, second) = (one(&bed, "F-00001").await, one(&bed, "F-00002").await);
        assert_eq!(post(&site, &engineer, &format!("/o/larkspur/findings/{}/start", second.id), "version=1").await.status.as_u16(), 303);
        let ids = format!("ids={}&ids={}&ids=01890000-0000-7000-8000-000000000000", first.id, second.id);
        let asking = post(&site, &engineer, "/o/larkspur/findings/triage", &ids).await.text();
        assert!(asking.contains("Triage 3 findings") && asking.contains(&login), "{asking}");
        let wrong = post(&site, &engineer, "/o/larkspur/findings/triage", &format!("{ids}&confirmed=yes&owner=nobody")).await.text();
        assert!(wrong.contains("nobody here signs in as nobody"));
        let done = post(&site, &engineer, "/o/larkspur/findings/triage", &format!("{ids}&confirmed=yes&owner={login}&reason=r")).await.text();
        assert!(done.contains("1 of 3 triaged") && done.contains("does not exist") && done.contains("cannot be triaged"), "{done}");
        let triaged = one(&bed, "F-00001").await;
        assert_eq!((triaged.state, triaged.owner.as_ref().unwrap().login.as_str(), triaged.severity), (State::Triaged, login.as_str(), Some(Severity::High)));
        let set = format!("ids={}&field=owner&value=&confirmed=yes&reason=r", first.id);
        assert!(post(&site, &engineer, "/o/larkspur/findings/bulk", &set).await.text().contains("1 of 1 changed"));
        let mine = format!("/o/larkspur/findings?owner={login}");
        assert!(site.get(&engineer, &mine).await.text().contains("F-00002"));
    }

    async fn my_queue_across_organizations(bed: Bed) {
        let site = Site::of(&bed);
        let engineer = site.person(&bed, bed.organization, "engineer", false).await;
        let approver = site.person(&bed, bed.organization, "approver", true).await;
        followed(&bed, &[verdict(&ZONE, 1, Outcome::Fail, ""), verdict(&ZONE, 2, Outcome::Fail, "")]).await;
        let (first, second) = (one(&bed, "F-00001").await, one(&bed, "F-00002").await);
        let at = |kept: &Kept<Finding>, act: &str| format!("/o/larkspur/findings/{}/{act}", kept.id);
        assert_eq!(post(&site, &engineer, &at(&first, "start"), "version=1").await.status.as_u16(), 303);
        assert_eq!(post(&site, &engineer, &at(&second, "remediation"), "version=1&done=Did+it&finished=yes").await.status.as_u16(), 303);
        let asked = "key=k&reference=P-1&title=Waits&kind=policy&checks=GL-T-01&everything=yes&basis=b&from=2026-01-01&expires=2026-12-31";
        assert_eq!(post(&site, &engineer, "/o/larkspur/exceptions", asked).await.status.as_u16(), 303);
        let mine = site.get(&engineer, "/queue").await.text();
        assert!(mine.contains("F-00001") && mine.contains("2 waiting") && !mine.contains("P-1"), "{mine}");
        let theirs = site.get(&approver, "/queue").await.text();
        assert!(theirs.contains("F-00002") && theirs.contains("To verify") && theirs.contains("P-1") && !theirs.contains("F-00001"), "{theirs}");
        let stranger = site.person(&bed, bed.canary, "administrator", true).await;
        let other = site.get(&stranger, "/queue").await.text();
        assert!(other.contains(CANARY) && !other.contains("F-0000") && !other.contains("P-1"));
    }
}
