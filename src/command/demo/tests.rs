//! The filled demonstration shows everything there is to see: each state, each standing, each kind of day.

use std::collections::BTreeSet;

use super::super::{open, organization};
use super::{filling, script};
use crate::checks::Outcome;
use crate::clock::Clock;
use crate::controls::Attestation;
use crate::controls::model::Judgment;
use crate::departures::Departure;
use crate::departures::model::DepartureKind;
use crate::engagements::AuditorAccess;
use crate::engagements::auditors::AccessStanding;
use crate::evidence::{Package, PackageState, keeping};
use crate::exceptions::{Exception, Standing};
use crate::findings::{Finding, State};
use crate::flows::{Decision, Discovery, records};
use crate::personnel::model::AuthorizationStatus;
use crate::personnel::{Account, Authorization, Person, Vendor};
use crate::posture::Judged;
use crate::posture::records::days;
use crate::remote_access::Grant;
use crate::remote_access::judging::Fault;
use crate::remote_access::model::GrantStatus;
use crate::reviews::Review;
use crate::reviews::model::ReviewStatus;
use crate::seal::verifier::{Expected, verify};
use crate::settings::Place;
use crate::storage::{AsOf, Snapshot, Store};

async fn filled(place: &Place) -> Store {
    filling::fill(place).await.unwrap_or_else(|ending| panic!("{ending:?}"));
    open(place).await.expect("opens")
}

async fn findings(at: &mut Snapshot) {
    let findings = at.every::<Finding>().await.expect("read");
    for state in State::ALL {
        assert!(findings.iter().any(|one| one.state == *state), "no finding is {state}");
    }
    assert!(findings.iter().any(|one| one.reopen_count > 0 && !one.is_settled()), "none came back");
    assert!(findings.iter().any(|one| one.verification.as_ref().is_some_and(|known| known.by.is_some())));
    let left = findings.iter().filter(|one| one.state.is_left_to_do()).count();
    assert!((25..300).contains(&left), "{left} are left to do");
}

async fn audit(at: &mut Snapshot, place: &Place) {
    let today = Judged::cold(at, Clock::system().now()).await.map(|judged| judged.facts.zone.day(judged.facts.at));
    let access = at.every::<AuditorAccess>().await.expect("read").pop().expect("an auditor is let in");
    assert_eq!(access.standing(today.expect("judged")), AccessStanding::Open);
    let package = at.every::<Package>().await.expect("read").pop().expect("a package");
    assert_eq!((package.state, package.engagement), (PackageState::Sealed, Some(access.engagement)));
    let bytes = std::fs::read(keeping::path(&place.data, at.organization(), package.id)).expect("its file");
    let report = verify(&bytes, &Expected::default());
    assert!(report.problems.is_empty(), "{:?}", report.problems);
}

async fn hosts_and_judgments(at: &mut Snapshot) {
    assert!(records::count_waiting(at).await.expect("counted") >= 5);
    let decided = at.every::<Discovery>().await.expect("read");
    for decision in [Decision::Accepted, Decision::Rejected] {
        assert!(decided.iter().any(|one| one.decision == decision), "none is {decision}");
    }
    let attested = at.every::<Attestation>().await.expect("read");
    assert!(attested.iter().any(|one| one.judgment == Judgment::NotAdequate && one.withdrawn.is_none()));
    assert!(attested.iter().any(|one| one.withdrawn.is_some()));
}

async fn days_of(at: &mut Snapshot, judged: &Judged) {
    let now = judged.facts.zone.day(judged.facts.at);
    let exceptions = at.every::<Exception>().await.expect("read");
    let standings: BTreeSet<&str> = exceptions.iter().map(|one| one.standing(now).word()).collect();
    for standing in [Standing::Requested, Standing::Approved, Standing::Expiring, Standing::Expired, Standing::Refused]
    {
        assert!(standings.contains(standing.word()), "no exception is {standing}");
    }
    let clocks = &judged.beside.clocks;
    assert!(clocks.iter().any(|one| one.outcome == Outcome::DueSoon), "nothing falls due");
    assert!(clocks.iter().any(|one| one.outcome == Outcome::Fail && one.gap.is_some()), "nothing was missed");
    let recorded = days::failing(at, &now.plus_days(-90).to_string()).await.expect("read");
    assert!(recorded.len() >= 60, "{} days are recorded", recorded.len());
    let (first, last) = (&recorded[0].1, &recorded[recorded.len() - 1].1);
    assert!(first.len() > last.len(), "it does not fall: {first:?}, {last:?}");
}

async fn who_has_access(at: &mut Snapshot, judged: &Judged) {
    let (now, today) = (judged.facts.at, judged.facts.zone.day(judged.facts.at));
    assert!(at.every::<Person>().await.expect("read").len() >= 60);
    assert!(
        at.every::<Vendor>().await.expect("read").iter().filter(|one| one.remote_access == Some(true)).count() >= 2
    );
    let accounts = at.every::<Account>().await.expect("read");
    assert!(accounts.iter().any(|one| one.default_changed == Some(false)), "every default password was changed");
    let authorizations = at.every::<Authorization>().await.expect("read");
    let standings: BTreeSet<&str> = authorizations.iter().map(|one| one.status(today).word()).collect();
    for status in [
        AuthorizationStatus::Requested,
        AuthorizationStatus::Provisioned,
        AuthorizationStatus::Lapsed,
        AuthorizationStatus::Removed,
    ] {
        assert!(standings.contains(status.word()), "no authorization is {status}");
    }
    let grants = at.every::<Grant>().await.expect("read");
    let standings: BTreeSet<&str> = grants.iter().map(|one| one.status(now).word()).collect();
    for status in GrantStatus::ALL {
        assert!(standings.contains(status.word()), "no grant is {status}");
    }
    assert!(grants.iter().any(|one| one.extended.is_some()), "none was extended");
    assert!(grants.iter().any(|one| one.circumstance.is_some()), "none was given in an emergency");
}

async fn what_became_of_access(at: &mut Snapshot, judged: &Judged) {
    let sessions = &judged.facts.access.sessions;
    assert!(sessions.len() >= 60, "{} sessions", sessions.len());
    let open = sessions.iter().filter(|one| one.record.session.ended_at.is_none());
    assert!(open.filter(|one| one.record.judged.is_vendor(&one.record.session)).count() >= 3, "vendors are not in");
    for fault in [Fault::NoGrant, Fault::OtherTarget, Fault::OpenAfterEnd, Fault::Idle] {
        let count = sessions.iter().filter(|one| one.record.judged.faults.contains(&fault)).count();
        assert!((1..=3).contains(&count), "{count} sessions: {fault}");
    }
    let departures = at.every::<Departure>().await.expect("read");
    for kind in DepartureKind::ALL {
        assert!(departures.iter().any(|one| one.kind == Some(*kind)), "no {kind}");
    }
    let reviews = at.every::<Review>().await.expect("read");
    assert!(reviews.iter().filter(|one| one.status() == ReviewStatus::Completed).count() >= 6);
    assert!(reviews.iter().any(|one| one.status() == ReviewStatus::Open && one.population > 100), "none is open");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_filled_demonstration_has_everything_to_show() {
    let directory = tempfile::tempdir().expect("a directory");
    let place = Place { data: directory.path().to_owned(), database_url: None, json: false };
    let store = filled(&place).await;
    let found = organization(&store, script::MAIN).await.expect("found");
    let mut at = store.snapshot(found.id, AsOf::Now).await.expect("a snapshot");
    let judged = Judged::cold(&mut at, Clock::system().now()).await.expect("judged");
    findings(&mut at).await;
    audit(&mut at, &place).await;
    hosts_and_judgments(&mut at).await;
    days_of(&mut at, &judged).await;
    who_has_access(&mut at, &judged).await;
    what_became_of_access(&mut at, &judged).await;
    let problems = crate::artifacts::keeping::problems(&mut at, &place.blobs().expect("a folder"), false).await;
    assert_eq!(problems.expect("looked at"), Vec::<String>::new());
}
