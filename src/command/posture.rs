//! `glance posture`: where every requirement part stands, with the verdicts behind it.
//!
//! Invariant: the same standings and verdicts as the pages and the package; asking changes nothing.

use clap::Args;
use serde_json::{Value, json};

use super::{Done, Ending};
use crate::evidence::model::Period;
use crate::frameworks::catalogs;
use crate::organizations::OrganizationProfile;
use crate::posture::rules::{Counts, Standing};
use crate::posture::{Judged, verdicts};
use crate::settings::Place;
use crate::storage::{AsOf, Store};
use crate::vocabulary::{Moment, TimeZone};

#[derive(Args)]
pub struct Posture {
    #[arg(long)]
    organization: String,
    /// Instant: RFC 3339, or a date for its last moment; now when left out
    #[arg(long)]
    as_of: Option<String>,
    /// Audit period: FROM..TO; failures within it count, however things stand at its end
    #[arg(long)]
    period: Option<String>,
    /// Only this framework, such as nerc-cip
    #[arg(long)]
    framework: Option<String>,
}

impl Posture {
    pub async fn run(self, place: &Place) -> Done {
        if let Some(id) = self.framework.as_deref().filter(|id| catalogs().framework(id).is_none()) {
            let known: Vec<&str> = catalogs().frameworks.iter().map(|framework| framework.id.as_str()).collect();
            return Err(Ending::Usage(format!("--framework {id}: not one of: {}", known.join(", "))));
        }
        let store = super::open(place).await?;
        let organization = super::organization(&store, &self.organization).await?;
        let (judged, as_of) = self.judged(&store, organization.id).await?;
        let asked = |standing: &&Standing| self.framework.as_ref().is_none_or(|id| standing.part.framework == *id);
        let standings: Vec<&Standing> = judged.standings.parts.iter().filter(asked).collect();
        let parts: Vec<Value> = standings.iter().map(|standing| part(&judged, standing)).collect();
        let document = json!({"as_of": as_of.rfc3339(), "period": self.period, "parts": parts});
        super::say(place, &document, &words(&standings));
        store.close().await;
        Ok(())
    }

    async fn judged(
        &self,
        store: &Store,
        organization: crate::ids::OrganizationId,
    ) -> Result<(Judged, Moment), Ending> {
        let mut at = store.snapshot(organization, AsOf::Now).await?;
        let profile = at.find::<OrganizationProfile>(organization).await?;
        let zone = profile.map_or(TimeZone::UTC, |kept| kept.zone());
        drop(at);
        let now = store.clock().now();
        let period = self.period.as_deref().map(Period::parse).transpose();
        let period = period.map_err(|problem| Ending::Usage(format!("--period: {problem}")))?;
        let until = period.map(|period| zone.last_of(period.to).min(now));
        let as_of = match (&self.as_of, until) {
            (None, Some(until)) => AsOf::At(until),
            (text, _) => super::package::instant(text.as_deref(), zone, now)?,
        };
        let moment = if let AsOf::At(moment) = as_of { moment } else { now };
        let mut at = store.snapshot(organization, as_of).await?;
        let Some(period) = period else { return Ok((Judged::cold(&mut at, moment).await?, moment)) };
        let from = zone.first_of(period.from);
        if from > moment {
            return Err(Ending::Usage("--period: it begins after the instant asked for".to_owned()));
        }
        let mut begin = store.snapshot(organization, AsOf::At(from)).await?;
        Ok((Judged::over(&mut begin, &mut at, (from, moment), (period.from, period.to)).await?, moment))
    }
}

fn counts(counts: &Counts) -> Value {
    json!({"pass": counts.pass, "fail": counts.fail, "justified": counts.justified, "due_soon": counts.due_soon,
        "indeterminate": counts.indeterminate})
}

fn part(judged: &Judged, standing: &Standing) -> Value {
    let id = standing.part.id.as_str();
    json!({
        "id": id,
        "framework": standing.part.framework,
        "status": standing.status.word(),
        "because": standing.because,
        "counts": {"applicable": standing.applicable, "undecided": standing.undecided,
            "mandatory": counts(&standing.mandatory), "advisory": counts(&standing.advisory)},
        "verdicts": verdicts::of_part(judged, id).iter().map(verdicts::told).collect::<Vec<Value>>(),
    })
}

/// A line for each part that says more than nothing.
fn words(standings: &[&Standing]) -> String {
    let mut lines = Vec::new();
    for status in crate::checks::Status::ALL {
        let count = standings.iter().filter(|standing| standing.status == *status).count();
        lines.push(format!("{count:>5}  {status}"));
    }
    let judged = standings.iter().filter(|standing| standing.mandatory.all() > 0 || standing.advisory.fail > 0);
    lines.extend(
        judged.map(|standing| format!("{:<26} {:<18} {}", standing.part.id, standing.status.label(), standing.because)),
    );
    lines.join("\n")
}
