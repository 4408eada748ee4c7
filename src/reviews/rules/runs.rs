//! Row numbers as runs, so that thousands of rows are written in a few statements.
//!
//! Invariant: pure. The runs hold exactly the numbers they were made of, each once and in order.

/// Numbers that follow each other: the first and the last.
pub type Run = (i64, i64);

/// The runs of numbers; these may come in any order, and twice.
#[must_use]
pub fn runs(numbers: &[i64]) -> Vec<Run> {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable();
    let mut found: Vec<Run> = Vec::new();
    for number in sorted {
        match found.last_mut() {
            Some((_, last)) if number <= *last + 1 => *last = number,
            _ => found.push((number, number)),
        }
    }
    found
}

/// Numbers in few words: `1 to 3, 7`.
#[must_use]
pub fn told(numbers: &[i64]) -> String {
    let runs = runs(numbers);
    let run = |(first, last): &Run| if first == last { first.to_string() } else { format!("{first} to {last}") };
    let mut told: Vec<String> = runs.iter().take(5).map(run).collect();
    if runs.len() > 5 {
        told.push("more".to_owned());
    }
    told.join(", ")
}

#[cfg(test)]
mod tests {
    use super::{runs, told};

    #[test]
    fn numbers_become_runs() {
        assert_eq!(runs(&[]), []);
        assert_eq!(runs(&[4, 2, 1, 3, 9, 2]), [(1, 4), (9, 9)]);
        assert_eq!(told(&[7, 1, 2, 3]), "1 to 3, 7");
        assert_eq!(told(&[1, 3, 5, 7, 9, 11]), "1, 3, 5, 7, 9, more");
    }
}
