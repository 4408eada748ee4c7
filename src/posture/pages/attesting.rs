//! Attesting to a requirement, and taking an attestation back.
//!
//! Invariant: only a person who signed in does either; an attestation is never edited.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;

use crate::artifacts::records;
use crate::controls::model::{Attestation, Judgment};
use crate::controls::{actions, rules};
use crate::frameworks::{Requirement, RequirementId, catalogs};
use crate::ids::AttestationId;
use crate::register::{Draft, field};
use crate::storage::Kept;
use crate::web::extract::{Filled, Id, Named};
use crate::web::{Answer, App, Caller, Failure, Place, Shell, links, page};

#[derive(Template)]
#[template(path = "posture/attest.html")]
struct AttestPage {
    shell: Shell,
    href: String,
    part: &'static Requirement,
    claim: rules::Claim,
    draft: Draft,
}

impl AttestPage {
    fn problem(&self, name: &str) -> Option<&str> {
        self.draft.problems.iter().find(|found| found.field == name).map(|found| found.problem.as_str())
    }
}

#[derive(Template)]
#[template(path = "posture/withdraw.html")]
struct WithdrawPage {
    shell: Shell,
    href: String,
    back: String,
    kept: Kept<Attestation>,
    reason: String,
    problem: Option<String>,
}

fn attest_page(caller: &Caller, part: &'static Requirement, claim: rules::Claim, draft: Draft) -> Answer<AttestPage> {
    let shell = Shell::of(caller, Place::Controls, format!("Attest to {}", part.id));
    Ok(AttestPage { shell, href: links::requirement(&caller.serving()?.slug, &part.id), part, claim, draft })
}

pub async fn form(caller: Caller, Named(id): Named) -> Answer {
    caller.user()?;
    let part = catalogs().requirement(&id).ok_or(Failure::NotFound)?;
    let claim = rules::Claim { to: caller.day().to_string(), ..rules::Claim::default() };
    page::show(&attest_page(&caller, part, claim, Draft::default())?)
}

pub async fn attest(State(app): State<App>, caller: Caller, Named(id): Named, mut filled: Filled) -> Answer {
    caller.user()?;
    let part = catalogs().requirement(&id).ok_or(Failure::NotFound)?;
    let requirement = RequirementId::parse(&id).map_err(|_| Failure::NotFound)?;
    let [from, to, judgment, artifacts, statement] =
        ["from", "to", "judgment", "artifacts", "statement"].map(|name| filled.take(name));
    let claim = rules::Claim { from, to, judgment, artifacts, statement };
    let mut change = caller.change(&app).await?;
    let named = records::named(change.reading().await?, &claim.artifacts).await?;
    let resolved = rules::Claim { artifacts: named, ..claim.clone() };
    let made = match rules::attestation(&requirement, &resolved, &caller.name, caller.day()) {
        Ok(made) => made,
        Err(draft) => {
            return page::show_as(StatusCode::UNPROCESSABLE_ENTITY, &attest_page(&caller, part, claim, draft)?);
        }
    };
    actions::attest(&mut change, &made).await?;
    change.commit().await?;
    let href = links::requirement(&caller.serving()?.slug, &part.id);
    Ok(page::see(&format!("{href}?done=attested#attestations")))
}

fn withdraw_page(
    caller: &Caller,
    kept: Kept<Attestation>,
    reason: String,
    problem: Option<String>,
) -> Answer<WithdrawPage> {
    let slug = &caller.serving()?.slug;
    Ok(WithdrawPage {
        shell: Shell::of(caller, Place::Controls, format!("Withdraw the attestation to {}", kept.requirement)),
        href: format!("{}/withdrawal", links::record(slug, "attestations", kept.id)),
        back: links::requirement(slug, kept.requirement.as_str()),
        kept,
        reason,
        problem,
    })
}

pub async fn withdrawal(State(app): State<App>, caller: Caller, Id(id): Id<AttestationId>) -> Answer {
    caller.user()?;
    let kept = caller.snapshot(&app).await?.find::<Attestation>(id).await?.ok_or(Failure::NotFound)?;
    page::show(&withdraw_page(&caller, kept, String::new(), None)?)
}

pub async fn withdraw(State(app): State<App>, caller: Caller, Id(id): Id<AttestationId>, mut filled: Filled) -> Answer {
    caller.user()?;
    let reason = filled.take("reason");
    let mut change = caller.change(&app).await?;
    let kept = change.reading().await?.find::<Attestation>(id).await?.ok_or(Failure::NotFound)?;
    let problem = match field::line(&reason, 500) {
        _ if kept.withdrawn.is_some() => Some("withdrawn before".to_owned()),
        Ok(line) if line.is_empty() => Some("missing; say why it is taken back".to_owned()),
        Ok(_) => None,
        Err(problem) => Some(problem),
    };
    if problem.is_some() {
        let view = withdraw_page(&caller, kept, reason, problem)?;
        return page::show_as(StatusCode::UNPROCESSABLE_ENTITY, &view);
    }
    let back = links::requirement(&caller.serving()?.slug, kept.requirement.as_str());
    actions::withdraw(&mut change, &kept, &caller.name, reason.trim()).await?;
    change.commit().await?;
    Ok(page::see(&format!("{back}?done=taken_back#attestations")))
}
