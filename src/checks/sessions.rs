//! Was each session granted: by whom, when, from where, to what, through which gateway, with which factors, and for how long.
//!
//! Invariant: a session says how things stand while it goes on and for some weeks after it ended; in a period it stays a gap
//! however long ago it was. What a session that is as it should be says is said without a sentence of its own, for there may
//! be a million of them.

use super::concern::{Asking, Concern, concern_of, whose};
use super::facts::{Facts, Over, Seen};
use super::model::{Gap, Outcome};
use super::remote_access::span;
use super::rule::{Judgement, Sighted, rule};
use crate::remote_access::judging::Fault;

/// A question about sessions.
struct Question {
    faults: &'static [Fault],
    /// Words of the gateway without which it cannot be answered.
    unsaid: &'static [&'static str],
    good: &'static str,
    open: &'static str,
    /// The standard that makes it mandatory; none where it is the same everywhere.
    asking: Option<Asking>,
}

fn judge(facts: &Facts, place: usize, mandatory: bool, question: &Question) -> Judgement {
    let seen = &facts.access.sessions.at(place).record;
    if seen.is_long_ago(facts.at) {
        return Judgement::not_applicable("it ended some weeks ago");
    }
    let open = || question.unsaid.iter().any(|word| seen.judged.unknown.contains(word));
    let judged = match found(seen, question).next() {
        Some(first) => told(facts, seen, first, question),
        None if open() => Judgement::indeterminate(question.open),
        None => return Judgement::pass(question.good),
    };
    match question.asking {
        None => judged,
        Some(asking) => whose(judged, mandatory, || concern_of(facts, asking, Over::Session, place)),
    }
}

fn found<'s>(seen: &'s Seen, question: &'s Question) -> impl Iterator<Item = Fault> + 's {
    question.faults.iter().copied().filter(|fault| seen.judged.faults.contains(fault))
}

/// What it did, in words. Sessions of one account through one gateway that did the same are one finding.
fn told(facts: &Facts, seen: &Seen, first: Fault, question: &Question) -> Judgement {
    let session = &seen.session;
    let gateway = facts.assets.get(crate::ids::Id::uuid(session.gateway));
    let gateway = gateway.map_or("a gateway that is not in the inventory", |asset| asset.reference.as_str());
    let faults: Vec<String> = found(seen, question).map(|fault| fault.label().to_lowercase()).collect();
    let account = if session.account.is_empty() { "an account the gateway does not name" } else { &session.account };
    let said = format!("{}: {account} through {gateway}", faults.join(", "));
    let last = session.ended_at.unwrap_or(session.last_activity_at);
    let cause = format!("{} {account} {gateway}", first.word());
    Judgement::fail(said).caused_by(cause).seen(Sighted { count: 1, first: session.started_at, last })
}

/// The days of a session that was not as it should be.
fn gaps(facts: &Facts, place: usize, question: &Question) -> Vec<Gap> {
    let seen = &facts.access.sessions.at(place).record;
    if found(seen, question).next().is_none() {
        return Vec::new();
    }
    let asked = |asking| concern_of(facts, asking, Over::Session, place) == Concern::Yes;
    if !question.asking.is_none_or(asked) {
        return Vec::new();
    }
    let (from, until) = (seen.session.started_at, seen.session.ended_at);
    span(facts, from, until.map(|until| until.max(from).plus_micros(1))).into_iter().collect()
}

static INTERMEDIATE: Question = Question {
    faults: &[Fault::NotIntermediate],
    unsaid: &["gateway"],
    good: "through an Intermediate System, where it was interactive",
    open: "whether its gateway lies outside every Electronic Security Perimeter is not recorded",
    asking: Some(Asking::Perimeter),
};

/// Another Intermediate System than the granted one is one all the same: no standard asks for that.
static AS_GRANTED: Question = Question {
    faults: &[Fault::NotThroughGateway],
    unsaid: &[],
    good: "through what it was granted through",
    open: "",
    asking: None,
};

fn came_through(facts: &Facts, place: usize) -> Judgement {
    match judge(facts, place, false, &INTERMEDIATE) {
        judged if judged.outcome == Outcome::Pass => judge(facts, place, false, &AS_GRANTED),
        judged => judged,
    }
}

rule!(
    CAME_THROUGH,
    "GL-RA-19",
    Advisory,
    High,
    Session,
    false,
    "Each session comes through what it was granted through, an interactive one through an Intermediate System",
    "IEC 62443-3-3 SR 1.13; NIST SP 800-82r3 AC-17(3); GL-RA-01 over sessions",
    ["SR 1.13", "AC-17(3)", "ZCR 3.6", "NET 3.1"],
    |facts, place| came_through(facts, place)
);
rule!(
    CAME_THROUGH_M,
    "GL-RA-19-M",
    Mandatory,
    Critical,
    Session,
    false,
    "Each interactive session into what an Electronic Security Perimeter protects comes through an Intermediate System",
    "CIP-005-7 R2 part 2.1; GL-RA-01 over sessions",
    ["CIP-005-7 R2.1", "SR 1.13", "AC-17(3)"],
    |facts, place| judge(facts, place, true, &INTERMEDIATE),
    gaps: Some(|facts, place| gaps(facts, place, &INTERMEDIATE))
);

static FACTORS: Question = Question {
    faults: &[Fault::NoMfa],
    unsaid: &["mfa"],
    good: "with a second factor, where it was interactive",
    open: "the gateway does not say whether a second factor was used",
    asking: Some(Asking::Perimeter),
};

rule!(
    PROVED_TWICE,
    "GL-RA-20",
    Advisory,
    High,
    Session,
    false,
    "Each interactive session begins with two factors",
    "IEC 62443-3-3 SR 1.1 RE 2; NIST SP 800-82r3 IA-2(1) and IA-2(2); GL-RA-03 over sessions",
    ["IA-2", "IA-2(1)", "IA-2(2)", "SR 1.1", "SR 1.1 RE 2", "USER 1.9"],
    |facts, place| judge(facts, place, false, &FACTORS)
);
rule!(
    PROVED_TWICE_M,
    "GL-RA-20-M",
    Mandatory,
    Critical,
    Session,
    false,
    "Each interactive session into what an Electronic Security Perimeter protects begins with two factors",
    "CIP-005-7 R2 part 2.3; GL-RA-03 over sessions",
    ["CIP-005-7 R2.3", "IA-2(1)", "IA-2(2)", "SR 1.1 RE 2"],
    |facts, place| judge(facts, place, true, &FACTORS),
    gaps: Some(|facts, place| gaps(facts, place, &FACTORS))
);

static GRANTED: Question = Question {
    faults: &[Fault::UnknownAccount, Fault::NoGrant, Fault::OutsideWindow, Fault::OtherTarget, Fault::OtherSource],
    unsaid: &["targets", "source"],
    good: "under a grant that was open, from where and to what it says",
    open: "the gateway does not say from where or to what the session went",
    asking: None,
};

rule!(
    GRANTED_M,
    "GL-RA-06",
    Mandatory,
    Critical,
    Session,
    false,
    "Each session comes under a grant that is open as it begins, and keeps to the targets and sources it names",
    "CIP-004-7 R4 part 4.1; IEC 62443-3-3 SR 2.1",
    ["CIP-004-7 R4.1", "SR 2.1", "AC-3", "AC-17", "AC-17(1)"],
    |facts, place| judge(facts, place, true, &GRANTED),
    gaps: Some(|facts, place| gaps(facts, place, &GRANTED))
);

static ENDED: Question = Question {
    faults: &[Fault::OpenAfterEnd, Fault::Idle],
    unsaid: &["last_activity"],
    good: "it did not go on after its grant ended, nor idle beyond the limit",
    open: "the gateway does not tell of activity, and it lasted longer than a session may idle",
    asking: None,
};

rule!(
    ENDS,
    "GL-RA-07",
    Advisory,
    High,
    Session,
    false,
    "No session goes on after its grant ended, or without activity beyond the limit",
    "IEC 62443-3-3 SR 2.5 and SR 2.6; NIST SP 800-82r3 AC-12",
    ["SR 2.5", "SR 2.6", "AC-12", "NET 3.3"],
    |facts, place| judge(facts, place, false, &ENDED)
);
