//! From texts to an order: what a form, a program or a command line asks for, with every problem.
//!
//! Invariant: an engagement fills in what is not given of period and scope; what is given counts.

use std::collections::BTreeMap;

use super::model::Period;
use super::ordering::Wanted;
use super::scope::Scope;
use crate::engagements::Engagement;
use crate::register::{Draft, field, records};
use crate::storage::{AsOf, Kept, Result, Snapshot};
use crate::vocabulary::{Date, Moment, TimeZone, fold};

/// The texts of an order.
pub const FIELDS: [&str; 6] = ["engagement", "from", "to", "scope", "as_of", "reason"];

/// An order as far as its texts say: what is wanted and why.
#[derive(Clone, Debug)]
pub struct Asked {
    pub wanted: Wanted,
    pub reason: String,
}

/// Reads an order; `now` and the zone tell what a day means.
pub async fn read(
    at: &mut Snapshot,
    texts: &BTreeMap<String, String>,
    (zone, now): (TimeZone, Moment),
) -> Result<std::result::Result<Asked, Draft>> {
    let mut draft = Draft::default();
    let text = |name: &str| texts.get(name).map_or("", |text| text.trim());
    let engagement = engagement(at, text("engagement"), &mut draft).await?;
    let period = period((text("from"), text("to")), engagement.as_ref(), &mut draft);
    let scope = scope(text("scope"), engagement.as_ref(), &mut draft);
    let as_of = instant(text("as_of"), zone, now, &mut draft);
    let reason = match field::line(text("reason"), 500) {
        Ok(reason) => reason,
        Err(problem) => {
            draft.refuse("reason", text("reason"), problem);
            String::new()
        }
    };
    if reason.is_empty() && draft.of("reason").is_none() {
        draft.refuse("reason", "", "missing; say what the package is for");
    }
    let Some(period) = period.filter(|_| draft.is_good()) else { return Ok(Err(draft)) };
    let wanted = Wanted { engagement: engagement.map(|kept| kept.id), scope, period, as_of };
    Ok(Ok(Asked { wanted, reason }))
}

fn scope(text: &str, engagement: Option<&Kept<Engagement>>, draft: &mut Draft) -> Scope {
    let asked = Scope::parse(text).map(|scope| match engagement {
        Some(kept) if scope.names().is_empty() => Scope::of(&kept.scope),
        _ => scope,
    });
    asked.unwrap_or_else(|problem| {
        draft.refuse("scope", text, problem);
        Scope::everything()
    })
}

async fn engagement(at: &mut Snapshot, text: &str, draft: &mut Draft) -> Result<Option<Kept<Engagement>>> {
    if text.is_empty() {
        return Ok(None);
    }
    let found = records::by_references::<Engagement>(at, &[fold::folded(text)]).await?.pop();
    if found.is_none() {
        draft.refuse("engagement", text, format!("no engagement has the reference {text}"));
    }
    Ok(found)
}

fn period((from, to): (&str, &str), engagement: Option<&Kept<Engagement>>, draft: &mut Draft) -> Option<Period> {
    let mut date = |name: &str, text: &str, known: Option<Date>| match (text, known) {
        ("", Some(known)) => Some(known),
        ("", None) => {
            draft.refuse(name, "", "missing");
            None
        }
        (text, _) => Date::parse(text).map_err(|problem| draft.refuse(name, text, problem)).ok(),
    };
    let first = date("from", from, engagement.and_then(|kept| kept.period_from));
    let last = date("to", to, engagement.and_then(|kept| kept.period_to));
    let (first, last) = (first?, last?);
    Period::of(first, last).map_err(|problem| draft.refuse("to", &last.to_string(), problem)).ok()
}

fn instant(text: &str, zone: TimeZone, now: Moment, draft: &mut Draft) -> AsOf {
    if text.is_empty() {
        return AsOf::Now;
    }
    match zone.instant(text) {
        Ok(found) if zone.date(now) == text => AsOf::At(found.min(now)),
        Ok(found) if found > now => {
            draft.refuse("as_of", text, "in the future; choose a moment that has been");
            AsOf::Now
        }
        Ok(found) => AsOf::At(found),
        Err(problem) => {
            draft.refuse("as_of", text, problem);
            AsOf::Now
        }
    }
}
