//! Text inside XML.

use crate::report::model::{Ink, Run};
use crate::report::shaping::printable;

/// What begins every part.
pub const PROLOG: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

/// Text as character data or as an attribute's value. What XML 1.0 has no way to hold becomes the replacement mark, and what
/// would make a line read as another is left out, as on the printed page.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' => out.push(letter),
            letter => out.extend(printable(letter)),
        }
    }
    out
}

/// `RRGGBB`.
pub fn color([red, green, blue]: [u8; 3]) -> String {
    format!("{red:02X}{green:02X}{blue:02X}")
}

/// A run; a line break inside it is one in Word too.
pub fn run(run: &Run) -> String {
    let mut properties = String::new();
    if run.mono {
        properties.push_str("<w:rStyle w:val=\"Typed\"/>");
    }
    if run.bold {
        properties.push_str("<w:b/>");
    }
    if run.ink != Ink::Body {
        properties.push_str(&format!("<w:color w:val=\"{}\"/>", color(run.ink.rgb())));
    }
    let mut out = String::from("<w:r>");
    if !properties.is_empty() {
        out.push_str(&format!("<w:rPr>{properties}</w:rPr>"));
    }
    for (n, line) in run.text.split('\n').enumerate() {
        if n > 0 {
            out.push_str("<w:br/>");
        }
        out.push_str(&format!("<w:t xml:space=\"preserve\">{}</w:t>", escaped(line)));
    }
    out.push_str("</w:r>");
    out
}

/// A paragraph of a style.
pub fn paragraph(style: &str, extra: &str, runs: &[Run]) -> String {
    let runs: String = runs.iter().map(run).collect();
    format!("<w:p><w:pPr><w:pStyle w:val=\"{style}\"/>{extra}</w:pPr>{runs}</w:p>")
}
