//! The logical tree of a document: what is a heading, a list, a table's cell, apart from where it stands on a page.
//!
//! Invariant: children stand in reading order, and each piece of text belongs to exactly one leaf of the tree.

use std::num::NonZeroU16;

use krilla::tagging::{Identifier, ListNumbering, TableHeaderScope, Tag, TagGroup, TagKind, TagTree};

/// What a part of the document is.
#[derive(Clone, Debug)]
pub enum Role {
    Heading(u8, String),
    Paragraph,
    List,
    Item,
    Label,
    Body,
    Table,
    Head,
    Rows,
    Row,
    HeadCell,
    /// A cell that heads its row.
    RowHead,
    Cell,
    Code,
}

impl Role {
    fn tag(&self) -> TagKind {
        match self {
            Self::Heading(level, title) => {
                let level = NonZeroU16::new(u16::from(*level)).unwrap_or(NonZeroU16::MIN);
                Tag::Hn(level, Some(title.clone())).into()
            }
            Self::Paragraph => Tag::P.into(),
            Self::List => Tag::L(ListNumbering::Disc).into(),
            Self::Item => Tag::LI.into(),
            Self::Label => Tag::Lbl.into(),
            Self::Body => Tag::LBody.into(),
            Self::Table => Tag::Table.into(),
            Self::Head => Tag::THead.into(),
            Self::Rows => Tag::TBody.into(),
            Self::Row => Tag::TR.into(),
            Self::HeadCell => Tag::TH(TableHeaderScope::Column).into(),
            Self::RowHead => Tag::TH(TableHeaderScope::Row).into(),
            Self::Cell => Tag::TD.into(),
            Self::Code => Tag::Code.into(),
        }
    }
}

/// A place in the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(usize);

struct Node {
    role: Role,
    children: Vec<usize>,
    leaves: Vec<Identifier>,
}

/// The tree while it grows.
#[derive(Default)]
pub struct Structure {
    nodes: Vec<Node>,
    roots: Vec<usize>,
}

impl Structure {
    /// A new part under another, or under the document.
    pub fn begin(&mut self, under: Option<Place>, role: Role) -> Place {
        let place = self.nodes.len();
        self.nodes.push(Node { role, children: Vec::new(), leaves: Vec::new() });
        match under.and_then(|above| self.nodes.get_mut(above.0)) {
            Some(above) => above.children.push(place),
            None => self.roots.push(place),
        }
        Place(place)
    }

    /// Text of a place, as it was drawn.
    pub fn drawn(&mut self, place: Place, identifier: Identifier) {
        if let Some(node) = self.nodes.get_mut(place.0) {
            node.leaves.push(identifier);
        }
    }

    pub fn finish(mut self, language: &str) -> TagTree {
        let mut tree = TagTree::new().with_lang(Some(language.to_owned()));
        for root in std::mem::take(&mut self.roots) {
            let group = self.group(root);
            tree.push(group);
        }
        tree
    }

    fn group(&mut self, place: usize) -> TagGroup {
        let node = &mut self.nodes[place];
        let mut group = TagGroup::new(node.role.tag());
        let (leaves, children) = (std::mem::take(&mut node.leaves), std::mem::take(&mut node.children));
        leaves.into_iter().for_each(|leaf| group.push(leaf));
        for child in children {
            let child = self.group(child);
            group.push(child);
        }
        group
    }
}
