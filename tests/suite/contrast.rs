//! The tokens of color can be read in both themes: text against every ground it stands on, edges of fields against theirs.
//!
//! WCAG 2.2: 1.4.3 (text, 4.5 to 1) and 1.4.11 (what tells a control, 3 to 1). Pure: computed from the style sheet itself.

use std::collections::BTreeMap;

const TOKENS: &str = include_str!("../../static/style/tokens.css");
const GROUNDS: [&str; 5] = ["ground", "paper", "sunken", "accent-ground", "none-ground"];

/// The tokens of a theme: 0 is light, 1 is dark.
fn colors(theme: usize) -> BTreeMap<&'static str, [f64; 3]> {
    let mut found = BTreeMap::new();
    for piece in TOKENS.split("--").skip(1) {
        let Some((name, rest)) = piece.split_once(':') else { continue };
        let Some(pair) = rest.trim_start().strip_prefix("light-dark(").and_then(|rest| rest.split_once(')')) else {
            continue;
        };
        let color = pair.0.split(',').nth(theme).unwrap().trim();
        let part = |at: usize| f64::from(u8::from_str_radix(&color[at..at + 2], 16).unwrap()) / 255.0;
        found.insert(name, [part(1), part(3), part(5)]);
    }
    found
}

fn luminance(color: [f64; 3]) -> f64 {
    let linear = |part: f64| if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) };
    let [red, green, blue] = color.map(linear);
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Everything that is too faint, as sentences.
fn faint() -> Vec<String> {
    let mut faint = Vec::new();
    for (theme, named) in ["light", "dark"].into_iter().enumerate() {
        let colors = colors(theme);
        assert!(colors.len() >= 20, "the tokens are not read: {}", colors.len());
        let mut weigh = |text: &str, ground: &str, least: f64| {
            let ratio = contrast(colors[text], colors[ground]);
            if ratio < least {
                faint.push(format!("{named}: {text} on {ground} is {ratio:.2} to 1, {least} at least"));
            }
        };
        for text in ["ink", "ink-2", "ink-3", "accent", "fail", "soon", "just", "pass", "none"] {
            for ground in GROUNDS {
                weigh(text, ground, 4.5);
            }
        }
        for status in ["fail", "soon", "just", "pass", "none"] {
            weigh(status, &format!("{status}-ground"), 4.5);
            weigh("ink", &format!("{status}-ground"), 4.5);
        }
        weigh("ground", "ink", 4.5); // the main button
        for ground in ["ground", "paper", "sunken"] {
            weigh("edge", ground, 3.0);
            weigh("accent", ground, 3.0); // the ring around what has the focus
        }
    }
    faint
}

#[test]
fn colors_can_be_read() {
    assert_eq!(faint(), Vec::<String>::new());
}

#[test]
fn the_measure_is_wcags() {
    assert!((contrast([0.0; 3], [1.0; 3]) - 21.0).abs() < 1e-9);
    let gray = [119.0 / 255.0; 3];
    assert!((contrast(gray, [1.0; 3]) - 4.478).abs() < 0.01, "#777 on white is the known border");
}
