//! OSCAL: what a package says, in the models NIST publishes for machines: catalogs, mapping, profile, a minimal system
//! security plan, assessment plan, assessment results, plan of action and milestones.
//!
//! Invariant: pure, and the same material gives the same bytes. A part that is not decided never becomes a `satisfied`
//! finding. Every document passes the cross-check of what the official schemas cannot say, or nothing is given.
//!
//! The registry's `oscal` crate was looked at: it has no mapping model and brings embedded catalogs of its own, so the
//! documents are built as JSON values here, and the official schemas judge them in the tests.

mod catalog;
pub mod cross_check;
mod document;
mod fold;
pub mod identity;
mod mapping;
mod material;
mod milestones;
mod observations;
mod plan;
mod profile;
mod results;
mod risks;
mod security_plan;
mod subjects;
#[cfg(test)]
mod tests;

pub use document::Document;
pub use material::{Evidence, Found, Material};

/// Every document of a package, in the order of their names; the error lists what does not hold together.
pub fn documents(material: &Material<'_>) -> Result<Vec<Document>, Vec<String>> {
    let assessed = results::assessed(material);
    let mapped = mapping::rows(material);
    let mut all = catalog::documents(material, &mapped);
    all.extend(mapping::document_of(material, &mapped));
    all.push(profile::document_of(material));
    all.push(security_plan::document_of(material));
    all.push(plan::document_of(material));
    all.push(results::document_of(material, &assessed));
    all.extend(milestones::document_of(material, &assessed));
    all.sort_by(|a, b| a.name.cmp(&b.name));
    let listed: Vec<(&str, &serde_json::Value)> = all.iter().map(|one| (one.name.as_str(), &one.value)).collect();
    let problems = cross_check::cross_check(&listed, &material.files());
    if problems.is_empty() { Ok(all) } else { Err(problems) }
}
