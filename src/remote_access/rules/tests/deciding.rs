//! Tables of who may decide about a grant, and when.

use super::*;
use crate::ids::UserId;
use crate::remote_access::rules::deciding::{
    refuses_approval, refuses_extension, refuses_refusal, refuses_removal, refuses_revocation, refuses_test,
};

#[test]
fn decisions_are_anothers_and_taken_once() {
    let (s, who) = (Surroundings { asking: false, ..around() }, |number| id::<UserId>(number));
    let approval = |grant: &Grant, number| refuses_approval(grant, &s, who(number)).unwrap_or_default();
    assert_eq!(approval(&grant(), 2), "");
    assert!(approval(&grant(), 1).contains("You asked for it as it stands"));
    assert!(approval(&Grant { requested: None, ..grant() }, 2).contains("Nobody is recorded"));
    let user = |number| Some(Member { user: id(number), login: String::new() });
    let for_me = Surroundings { person: with(|person| person.user = user(3)), ..s.clone() };
    assert!(refuses_approval(&grant(), &for_me, who(3)).is_some_and(|said| said.contains("It is for you")));
    let then = "2026-03-02T15:30:00Z";
    let approved = Grant { approved: Some(by(2, then)), ..grant() };
    let revoked = Grant { revoked: Some(by(4, then)), ..approved.clone() };
    let refused = Grant { refused: Some(by(2, then)), ..grant() };
    for (grant, said) in [
        (&approved, "approved as it stands by P 2 at 2026-03-02 15:30:00 UTC"),
        (&revoked, "revoked by P 4"),
        (&refused, "refused by P 2"),
        (&Grant { retired_on: Some(day("2026-03-01")), ..grant() }, "retired on 2026-03-01"),
        (&Grant { valid_until: Some(s.now), ..grant() }, "Its time ran out"),
    ] {
        assert!(approval(grant, 3).contains(said), "{said}: {}", approval(grant, 3));
        assert!(refuses_refusal(grant, &s, who(3)).is_some(), "{said}");
    }
    let holding = Grant { circumstance: Some(id(6)), valid_from: Some(at("2026-03-02T14:00:00Z")), ..grant() };
    assert!(refuses_refusal(&holding, &s, who(2)).is_some_and(|said| said.contains("revoke it")));
    assert_eq!(approval(&holding, 2), "", "what holds in an emergency is still to be approved");
    assert_eq!(refuses_revocation(&holding, s.now, s.zone), None);
    assert_eq!(refuses_revocation(&approved, s.now, s.zone), None);
    assert!(refuses_revocation(&grant(), s.now, s.zone).is_some_and(|said| said.contains("is not approved")));
    let again = refuses_revocation(&revoked, s.now, s.zone).unwrap_or_default();
    assert_eq!(again, "It was revoked already by P 4 at 2026-03-02 15:30:00 UTC.");
    let late = refuses_revocation(&approved, at("2026-03-07T00:00:00Z"), s.zone).unwrap_or_default();
    assert!(late.contains("ran out at 2026-03-06 23:00:00 UTC by itself"), "{late}");
}

#[test]
fn extended_once_and_ended_when_it_ended() {
    let s = Surroundings { asking: false, ..around() };
    let approved = Grant { approved: Some(by(2, "2026-03-02T15:00:00Z")), ..grant() };
    let until =
        |grant: &Grant, number, text: &str| refuses_extension(grant, &s, id(number), at(text)).unwrap_or_default();
    assert_eq!(until(&approved, 2, "2026-03-20T00:00:00Z"), "");
    assert!(until(&approved, 1, "2026-03-20T00:00:00Z").contains("You asked for it"));
    assert!(until(&approved, 2, "2026-03-06T23:00:00Z").contains("already; an extension ends later"));
    assert!(
        until(&approved, 2, "2027-03-03T00:00:00Z")
            .contains("365 days from now at most, until 2027-03-02 15:00:00 UTC")
    );
    assert!(until(&grant(), 2, "2026-03-20T00:00:00Z").contains("not approved"));
    let extended = Grant { extended: Some(by(2, "2026-03-02T15:10:00Z")), ..approved.clone() };
    assert!(until(&extended, 3, "2026-03-20T00:00:00Z").contains("extended once by P 2 at 2026-03-02 15:10:00 UTC"));
    let over = Surroundings { now: at("2026-03-07T00:00:00Z"), ..s.clone() };
    let said = refuses_extension(&approved, &over, id(2), at("2026-03-20T00:00:00Z")).unwrap_or_default();
    assert!(said.contains("ran out at 2026-03-06 23:00:00 UTC"), "{said}");

    let now = at("2026-03-04T00:00:00Z");
    let revoked = Grant { revoked: Some(by(4, "2026-03-03T00:00:00Z")), ..approved.clone() };
    let removal = |grant: &Grant, text: &str| refuses_removal(grant, at(text), now, s.zone).unwrap_or_default();
    assert_eq!(removal(&revoked, "2026-03-03T05:00:00Z"), "");
    assert!(removal(&approved, "2026-03-03T05:00:00Z").contains("It still holds"));
    assert!(removal(&grant(), "2026-03-03T05:00:00Z").contains("never held"));
    assert!(removal(&revoked, "2026-03-04T00:00:01Z").contains("is to come"));
    assert!(
        removal(&revoked, "2026-03-02T15:00:00Z").contains("Before it held, which was from 2026-03-02 16:00:00 UTC")
    );
    let removed = Grant { removed_at: Some(at("2026-03-03T05:00:00Z")), ..revoked.clone() };
    assert!(removal(&removed, "2026-03-03T04:00:00Z").contains("recorded already"));
    assert_eq!((removed.ends(), removed.ceased()), (Some(at("2026-03-03T00:00:00Z")), removed.removed_at));
    assert!(!removed.opens(at("2026-03-03T01:00:00Z")), "nobody comes in by right after the revocation");
    let late = Grant { removed_at: Some(at("2026-03-09T00:00:00Z")), ..approved.clone() };
    assert_eq!(late.ends(), Some(at("2026-03-06T23:00:00Z")), "it ran out");
    assert_eq!(late.ceased(), late.removed_at, "the ability was there for longer");
    assert!(refuses_test(&approved, day("2026-03-01"), day("2026-03-02")).is_some_and(|said| said.contains("no way")));
    let switchable = Grant { disable_method: "Close".to_owned(), ..approved };
    assert_eq!(refuses_test(&switchable, day("2026-03-02"), day("2026-03-02")), None);
    assert!(refuses_test(&switchable, day("2026-03-03"), day("2026-03-02")).is_some());
}
