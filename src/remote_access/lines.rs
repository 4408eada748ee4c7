//! Sessions with what they were joined to, as lists, files and programs show them.
//!
//! Invariant: an account, a vendor or a target that is not known stands as its gateway wrote it, and says that it is not known.

use super::judging::Judged;
use super::model::{Grant, Mfa, Session};
use super::records::concerned::{Concerned, concerned};
use super::wording;
use crate::ids::{AssetId, GrantId, PersonId, SessionId};
use crate::storage::{Result, Snapshot};
use crate::vocabulary::Moment;

/// What a session reached: the gateway's word, and the asset it names.
#[derive(Clone, Debug)]
pub struct Target {
    pub word: String,
    pub asset: Option<(AssetId, String)>,
}

/// A session, judged, with names for people.
#[derive(Clone, Debug)]
pub struct Line {
    pub id: SessionId,
    pub session: Session,
    pub judged: Judged,
    pub person: Option<(PersonId, String)>,
    /// The vendor's name, or the gateway's word for it.
    pub vendor: String,
    /// False for a vendor that nobody entered.
    pub vendor_known: bool,
    pub grant: Option<(GrantId, String)>,
    pub via: String,
    pub targets: Vec<Target>,
}

impl Line {
    #[must_use]
    pub fn of(id: SessionId, session: Session, known: &Concerned, now: Moment) -> Self {
        let judged = known.around.judge(&session, now);
        let person = judged.person.and_then(|id| Some((id, known.people.get(&id)?)));
        let vendor = judged.vendor.and_then(|id| known.vendors.get(&id));
        let grant = judged.grant.and_then(|id| Some((id, known.around.grant(id)?)));
        let reference = |id: AssetId| known.assets.get(&id).map(|asset| asset.reference.to_string());
        let target = |word: &String| Target {
            word: word.clone(),
            asset: known.around.target(word).and_then(|id| Some((id, reference(id)?))),
        };
        Self {
            id,
            person: person.map(|(id, person)| (id, person.name.clone())),
            vendor: vendor.map_or_else(|| session.vendor.clone(), |vendor| vendor.name.clone()),
            vendor_known: vendor.is_some(),
            grant: grant.map(|(id, grant): (GrantId, &Grant)| (id, grant.reference.to_string())),
            via: reference(session.gateway).unwrap_or_default(),
            targets: session.targets.iter().map(target).collect(),
            judged,
            session,
        }
    }

    /// True for a vendor's session, whether or not the vendor is known.
    #[must_use]
    pub fn is_vendor(&self) -> bool {
        self.judged.is_vendor(&self.session)
    }

    #[must_use]
    pub fn standing(&self) -> &'static str {
        wording::standing(&self.judged)
    }

    #[must_use]
    pub fn label(&self) -> &'static str {
        wording::label(self.standing())
    }

    #[must_use]
    pub fn reasons(&self) -> Vec<&'static str> {
        wording::reasons(&self.judged)
    }

    #[must_use]
    pub fn mfa(&self) -> &'static str {
        self.session.mfa.map_or("Not told", Mfa::label)
    }

    /// True when it is judged as somebody asks for: `any` fault, `none`, `indeterminate`, or one fault.
    #[must_use]
    pub fn fits(&self, wanted: &str) -> bool {
        match wanted {
            "any" => self.standing() == "failing",
            "none" | "indeterminate" => self.standing() == if wanted == "none" { "no_failing_record" } else { wanted },
            one => self.judged.faults.iter().any(|fault| fault.word() == one),
        }
    }
}

/// Sessions as they are judged at a moment by what is known at the instant.
pub async fn lines(at: &mut Snapshot, sessions: Vec<(SessionId, Session)>, now: Moment) -> Result<Vec<Line>> {
    let few: Vec<&Session> = sessions.iter().map(|(_, session)| session).collect();
    let known = concerned(at, &few).await?;
    Ok(sessions.into_iter().map(|(id, session)| Line::of(id, session, &known, now)).collect())
}
