//! The rules against small files made for them: bad code that each must catch, good code that each must let be.

use super::{Breach, TextFile, directions, markup, rooms, shipped};

/// Path, text, and what must be said of it.
type Bad = (&'static str, &'static str, &'static str);

const BAD_DIRECTIONS: &[Bad] = &[
    ("src/assets/pages.rs", "//! x\nuse sqlx::query;\n", "2: names `sqlx::query`"),
    ("src/assets/records.rs", "//! x\nuse sqlx::{Row, sqlite::SqliteRow};\n", "2: names `sqlx::sqlite::SqliteRow`"),
    ("src/storage/paging.rs", "//! x\nfn f() { g(sqlx::AssertSqlSafe(x)) }\n", "2: names `sqlx::AssertSqlSafe`"),
    ("src/assets/actions.rs", "//! x\nuse askama::Template as T;\n", "2: names `askama::Template`"),
    (
        "src/zones/actions.rs",
        "//! x\nuse crate::{\n    ids,\n    assets::model::Asset,\n};\n",
        "4: names `crate::assets::model",
    ),
    (
        "src/assets/api.rs",
        "//! x\nuse crate::zones;\nfn f() { zones::pages::g() }\n",
        "3: names `crate::zones::pages::g`",
    ),
    ("src/assets/actions.rs", "//! x\nuse super::pages::Form;\n", "2: names `crate::assets::pages::Form`"),
    ("src/assets/records.rs", "//! x\nuse super::actions;\n", "2: names `crate::assets::actions`"),
    ("src/storage/engine.rs", "//! x\nuse crate::assets::model;\n", "2: names `crate::assets::model`"),
    ("src/web/page.rs", "//! x\nfn f() { crate::findings::count() }\n", "2: names `crate::findings::count`"),
    ("src/findings/actions.rs", "//! x\nuse crate::errands;\n", "2: names `crate::errands`"),
    ("src/errands/run.rs", "//! x\nuse crate::command::serve;\n", "2: names `crate::command::serve`"),
    ("src/assets/model.rs", "//! x\nuse crate::clock;\n", "2: names `crate::clock`"),
    ("src/assets/rules.rs", "//! x\npub async fn f() {}\n", "2: `async` in a pure file"),
    ("src/checks/zones.rs", "//! x\nfn f() { chrono::Utc::now() }\n", "2: names `chrono::Utc::now`"),
    ("src/auth/sign_in.rs", "//! x\nuse crate::people::pages;\n", "2: names `crate::people::pages`"),
];

const BAD_ROOMS: &[Bad] = &[
    ("src/assets/actions.rs", "fn f() {}\n", "1: begins without a module doc"),
    ("src/assets/actions.rs", "//! x\nfn f() { g()\n    .unwrap() }\n", "3: `.unwrap()`"),
    ("migrations/sqlite/0001_a.sql", concat!("-- FIX", "ME\n"), "1: `FIX"),
    ("templates/a.html", "<p>\n{{ name | safe }}</p>", "2: `|safe`"),
    ("templates/a.html", "<p {{ x }}\n style='a'>", "1: `style=`"),
    ("templates/a.html", "<p>x\n<a href=\"{{ y }}\" onclick=f()>", "2: `onclick=`"),
    ("templates/a.html", "<script>\nf()</script>", "1: `<script>` with a body"),
    ("templates/a.html", "<a href=' JavaScript:f()'>", "1: `href` holds a javascript: address"),
];

const GOOD: &[(&str, &str)] = &[
    ("src/assets/records.rs", "//! x\nuse super::model::Asset;\nuse crate::storage::Snapshot;\nuse sqlx::FromRow;\n"),
    (
        "src/assets/pages/list.rs",
        "//! x\nuse super::super::actions;\nuse askama::Template;\nuse crate::zones::records;\n",
    ),
    ("src/storage/engine.rs", "//! x\nuse sqlx::{Postgres, Sqlite};\n"),
    ("src/storage/statement.rs", "//! x\nuse sqlx::AssertSqlSafe;\n"),
    ("src/lib.rs", "//! x\nuse axum::Router;\nfn f() { crate::assets::pages::routes() }\n"),
    (
        "src/assets/rules.rs",
        "//! x\n// sqlx::query, async\n#[cfg(test)]\nmod tests {\n    use crate::clock;\n    fn f() { g().unwrap() }\n}\n",
    ),
    ("src/ids.rs", "//! x\nfn f<'a>(x: &'a str) -> char { let _ = r#\"x.unwrap() \"async\"#; '\"' }\n"),
    ("src/assets/actions.rs", "//! x\nfn f() -> impl Iterator<Item = u8> + use<> { g().unwrap_or(1) }\n"),
    (
        "templates/a.html",
        "<script type=module src=\"{{ x }}\"></script>{% let once = 1 %}<p class=\"style=\">one = two</p>{{ y|safely }}",
    ),
];

/// Everything all rules say about one file standing alone.
fn verdict(path: &str, text: &str) -> String {
    let files = [TextFile { path: path.to_owned(), text: text.to_owned() }];
    let sources = shipped(&files);
    let all = [
        directions::breaches(&sources),
        directions::waiting(&sources),
        rooms::file_lengths(&files),
        rooms::function_lengths(&sources),
        rooms::module_docs(&sources),
        rooms::unwraps(&sources),
        rooms::unfinished(&files),
        markup::breaches(&files),
    ];
    let said = |Breach { path, line, message }: &Breach| format!("{path}:{line}: {message}");
    let lines = all.iter().flatten().map(said);
    lines.collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn assert_caught(path: &str, text: &str, expected: &str) {
    let said = verdict(path, text);
    assert!(said.contains(expected), "{path} with\n{text}\nshould give `{expected}`, gives `{said}`");
}

#[test]
fn the_rules_bite() {
    for (path, text, expected) in BAD_DIRECTIONS.iter().chain(BAD_ROOMS) {
        assert_caught(path, text, expected);
    }
}

#[test]
fn the_budgets_bite_one_line_past_them() {
    let of_lines = |first: &str, line: &str, count: usize, last: &str| format!("{first}{}{last}", line.repeat(count));
    let function = |lines: usize| of_lines("//! x\nfn f() {\n", "    g();\n", lines - 2, "}\n");
    let handler = |lines: usize| of_lines("//! x\npub async fn show() {\n", "    g();\n", lines - 2, "}\n");
    let lines = |count: usize| of_lines("//! x\n", "\n", count - 1, "");
    let cases = [
        ("src/assets/actions.rs", function(40), function(41), "function `f` has 41 lines"),
        ("src/assets/pages.rs", handler(25), handler(26), "handler `show` has 26 lines"),
        ("src/assets/actions.rs", lines(350), lines(351), "351 lines, 350 at most"),
        ("src/main.rs", lines(59), lines(60), "60 lines, 59 at most"),
        ("templates/a.html", lines(120), lines(121), "121 lines, 120 at most"),
    ];
    for (path, fits, too_long, expected) in cases {
        assert_eq!(verdict(path, &fits), "");
        assert_caught(path, &too_long, expected);
    }
}

#[test]
fn tests_kept_in_a_file_of_their_own_are_not_shipped() {
    let file = |path: &str, text: &str| TextFile { path: path.to_owned(), text: text.to_owned() };
    let files = [
        file("src/assets/rules.rs", "//! x\n#[cfg(test)]\nmod cases;\nfn f() {}\n"),
        file("src/assets/rules/cases.rs", "use crate::timeline;\n"),
        file("src/assets/rules/limits.rs", "//! x\n"),
    ];
    let paths: Vec<String> = shipped(&files).into_iter().map(|source| source.path).collect();
    assert_eq!(paths, ["assets/rules.rs", "assets/rules/limits.rs"]);
}

#[test]
fn the_rules_let_good_code_be() {
    for (path, text) in GOOD {
        assert_eq!(verdict(path, text), "", "{path} with\n{text}");
    }
}
