//! A gateway's file of sessions from a browser: chosen, read, refused row by row or taken in, told about.
//!
//! Invariant: a refusal has written nothing; the work goes on when the browser leaves, and then it is done or nothing is.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;

use crate::assets::Asset;
use crate::flows::reading::BadLine;
use crate::ids::Id;
use crate::register::{Lookup, records};
use crate::remote_access::importing::{Import, Imported, Unimported, import};
use crate::remote_access::records::paths;
use crate::storage::Audited as _;
use crate::vocabulary::fold;
use crate::web::extract::{Asking, Upload};
use crate::web::page::Place;
use crate::web::{Answer, App, Caller, Failure, Shell, links, page};

#[derive(Template)]
#[template(path = "sessions/import.html")]
struct ImportPage {
    shell: Shell,
    base: String,
    zone: String,
    gateways: Vec<String>,
    gateway: String,
    problem: String,
    refused: Vec<BadLine>,
    report: Option<Imported>,
}

async fn blank(app: &App, caller: &Caller, gateway: &str) -> Answer<ImportPage> {
    let mut at = caller.snapshot(app).await?;
    let ids: Vec<uuid::Uuid> = paths::carriers(&mut at).await?.into_iter().map(Id::uuid).collect();
    let mut names = Lookup::default();
    records::look_up_ids(&mut at, &Asset::TABLE, &ids, &mut names).await?;
    Ok(ImportPage {
        shell: Shell::of(caller, Place::Access, "Import sessions"),
        base: links::place(&caller.serving()?.slug, ""),
        zone: caller.time_zone().to_string(),
        gateways: names.references_of(Asset::TABLE.kind).into_iter().map(str::to_owned).collect(),
        gateway: gateway.to_owned(),
        problem: String::new(),
        refused: Vec::new(),
        report: None,
    })
}

pub async fn choose(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    page::show(&blank(&app, &caller, asking.text("gateway")).await?)
}

pub async fn upload(State(app): State<App>, caller: Caller, upload: Upload) -> Answer {
    let mut view = blank(&app, &caller, upload.fields.get("gateway").map_or("", String::as_str)).await?;
    if upload.bytes.is_empty() {
        return refused(view, "Choose a file that is not empty.", Vec::new());
    }
    let asked = asked(&caller, &upload)?;
    let (store, blobs) = (app.store.clone(), app.blobs.clone());
    let task = tokio::spawn(async move { import(&store, &blobs, asked).await });
    match task.await.map_err(|error| Failure::Bug(error.to_string()))? {
        Ok(report) => view.report = Some(report),
        Err(Unimported::Refused(lines)) => return refused(view, "Nothing was written.", lines),
        Err(Unimported::NoGateway(said)) => return refused(view, &format!("Gateway: {said}."), Vec::new()),
        Err(Unimported::Failed(failure)) => return Err(failure.into()),
        Err(Unimported::Broken(cause)) => return Err(Failure::Bug(cause)),
    }
    page::show(&view)
}

fn asked(caller: &Caller, upload: &Upload) -> Answer<Import> {
    let field = |name: &str| upload.fields.get(name).map_or("", String::as_str);
    Ok(Import {
        organization: caller.serving()?.id,
        author: caller.author(),
        gateway: field("gateway").to_owned(),
        name: base_name(&upload.name),
        local_times: field("local_times") == "yes",
        partial: field("partial") == "yes",
        bytes: upload.bytes.to_vec(),
    })
}

fn refused(mut view: ImportPage, problem: &str, lines: Vec<BadLine>) -> Answer {
    problem.clone_into(&mut view.problem);
    view.refused = lines;
    page::show_as(StatusCode::UNPROCESSABLE_ENTITY, &view)
}

/// The name of a file without folders, whichever system it comes from.
fn base_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or("");
    let clean: String = name.chars().filter(|c| !c.is_control()).collect();
    match fold::truncated(clean.trim(), 200) {
        "" => "sessions".to_owned(),
        name => name.to_owned(),
    }
}
