//! From blocks to pages.
//!
//! Invariant: a heading is never the last thing on a page, and time grows with the length of the report alone.

use super::faces::Faces;
use super::grids;
use super::lines;
use super::model::{Block, Ground, Ink, Panel, Report, Run, Text};
use super::page::{self, Page, Setting};
use super::structure::{Place, Role, Structure};

/// A heading and where it stands, for the outline.
pub struct Stop {
    pub level: u8,
    pub text: String,
    pub page: usize,
    pub y: f32,
}

/// A report, laid out.
pub struct Flow<'a> {
    pub faces: &'a Faces,
    pub pages: Vec<Page>,
    pub structure: Structure,
    pub stops: Vec<Stop>,
    /// Where the next block begins.
    pub y: f32,
}

/// Lays a report out.
pub fn lay<'a>(faces: &'a Faces, report: &Report) -> Flow<'a> {
    let mut flow = Flow {
        faces,
        pages: vec![Page::default()],
        structure: Structure::default(),
        stops: Vec::new(),
        y: page::TOP + 6.0,
    };
    flow.title(report);
    for (n, block) in report.blocks.iter().enumerate() {
        flow.block(block, report.blocks.get(n + 1));
    }
    flow
}

impl Flow<'_> {
    pub fn page(&mut self) -> &mut Page {
        if self.pages.is_empty() {
            self.pages.push(Page::default());
        }
        let last = self.pages.len() - 1;
        &mut self.pages[last]
    }

    pub fn turn(&mut self) {
        self.pages.push(Page::default());
        self.y = page::TOP;
    }

    pub fn at_top(&self) -> bool {
        self.y <= page::TOP + 0.5
    }

    /// Turns the page when less than that is left.
    pub fn need(&mut self, height: f32) {
        if self.y + height > page::BOTTOM && !self.at_top() {
            self.turn();
        }
    }

    /// Space above a block; none at the top of a page.
    pub fn space(&mut self, height: f32) {
        if !self.at_top() {
            self.y += height;
        }
    }

    /// Lines under each other.
    pub fn lines(&mut self, text: &[Run], setting: Setting, x: f32, width: f32, place: Place) {
        for line in lines::set(self.faces, text, setting.size, width) {
            self.need(setting.leading);
            let y = self.y;
            self.page().text((x, y), setting, line, Some(place));
            self.y += setting.leading;
        }
    }

    fn title(&mut self, report: &Report) {
        let y = self.y;
        self.page().fill((page::LEFT, y - 14.0), (36.0, 2.4), page::paint(Ink::Accent));
        let lines = [
            (Run::of(&report.kicker).bold().ink(Ink::Accent), page::KICKER, Role::Paragraph),
            (Run::of(&report.title).bold(), page::TITLE, Role::Heading(1, report.title.clone())),
            (Run::of(&report.subtitle).ink(Ink::Quiet), page::SUBTITLE, Role::Paragraph),
        ];
        for (run, setting, role) in lines.into_iter().filter(|(run, ..)| !run.text.is_empty()) {
            let place = self.structure.begin(None, role);
            self.lines(&[run], setting, page::LEFT, page::MEASURE, place);
        }
        self.y += 10.0;
    }

    fn block(&mut self, block: &Block, next: Option<&Block>) {
        match block {
            Block::Heading(level, text) => self.heading(*level, text, next),
            Block::Paragraph(text) => self.paragraph(text, page::BODY, 7.0),
            Block::Note(text) => self.paragraph(&inked(text, Ink::Quiet), page::NOTE, 6.0),
            Block::Bullets(items) => self.bullets(items),
            Block::Facts(facts) => grids::facts(self, facts),
            Block::Figures(figures) => grids::figures(self, figures),
            Block::Table(table) => grids::table(self, table),
            Block::Panel(panel) => self.panel(panel),
            Block::Lines(typed) => self.typed(typed),
            Block::PageBreak => {
                if !self.at_top() {
                    self.turn();
                }
            }
        }
    }

    fn heading(&mut self, level: u8, text: &str, next: Option<&Block>) {
        let level = level.clamp(1, 3);
        let (setting, above, below) = page::HEADINGS[usize::from(level) - 1];
        let follows = match next {
            Some(Block::Table(_) | Block::Figures(_)) => 74.0,
            Some(Block::Panel(panel)) => 60.0 + f32::from(panel.room) * 12.0,
            _ => 44.0,
        };
        self.space(above);
        self.need(setting.leading + below + follows);
        self.stops.push(Stop { level, text: text.to_owned(), page: self.pages.len() - 1, y: self.y });
        // The title is the only heading of level 1 in the tree.
        let place = self.structure.begin(None, Role::Heading(level + 1, text.to_owned()));
        let ink = if level == 3 { Ink::Accent } else { Ink::Body };
        self.lines(&[Run::of(text).bold().ink(ink)], setting, page::LEFT, page::MEASURE, place);
        self.y += below;
    }

    fn paragraph(&mut self, text: &[Run], setting: Setting, below: f32) {
        let place = self.structure.begin(None, Role::Paragraph);
        self.need(setting.leading * 2.0);
        self.lines(text, setting, page::LEFT, page::MEASURE, place);
        self.y += below;
    }

    fn bullets(&mut self, items: &[Text]) {
        let list = self.structure.begin(None, Role::List);
        for item in items {
            let under = self.structure.begin(Some(list), Role::Item);
            let label = self.structure.begin(Some(under), Role::Label);
            let body = self.structure.begin(Some(under), Role::Body);
            self.need(page::BODY.leading);
            let (y, faces) = (self.y, self.faces);
            let dot = lines::single(faces, &[Run::of("• ").ink(Ink::Accent)], page::BODY.size);
            self.page().text((page::LEFT + 2.0, y), page::BODY, dot, Some(label));
            self.lines(item, page::BODY, page::LEFT + 14.0, page::MEASURE - 14.0, body);
            self.y += 2.0;
        }
        self.y += 6.0;
    }

    /// A framed place. Its ground is drawn line by line, so it may run over pages.
    fn panel(&mut self, panel: &Panel) {
        let width = page::MEASURE - 20.0;
        let mut rows = Vec::new();
        if !panel.label.is_empty() {
            let label = [Run::of(&panel.label).bold().ink(Ink::Quiet)];
            rows.extend(lines::set(self.faces, &label, page::HEAD.size, width).into_iter().map(Some));
        }
        for paragraph in &panel.paragraphs {
            rows.extend(lines::set(self.faces, paragraph, page::BODY.size, width).into_iter().map(Some));
        }
        rows.extend((0..panel.room).map(|_| None));
        let place = self.structure.begin(None, Role::Paragraph);
        let last = rows.len().saturating_sub(1);
        self.need(page::BODY.leading * 2.0 + 12.0);
        for (n, row) in rows.into_iter().enumerate() {
            let above = if n == 0 { 6.0 } else { 0.0 };
            let height = page::BODY.leading + above + if n == last { 6.0 } else { 0.0 };
            self.need(height);
            let (y, first) = (self.y, n == 0);
            self.frame(panel.ground, y, height, (first, n == last));
            if let Some(line) = row {
                self.page().text((page::LEFT + 10.0, y + above), page::BODY, line, Some(place));
            }
            self.y += height;
        }
        self.y += 9.0;
    }

    /// One slice of a frame, open where it goes on.
    fn frame(&mut self, ground: Ground, y: f32, height: f32, (first, last): (bool, bool)) {
        let (left, width) = (page::LEFT, page::MEASURE);
        let page = self.page();
        page.ground((left, y), (width, height), ground);
        page.fill((left, y), (0.5, height), page::HAIR);
        page.fill((left + width - 0.5, y), (0.5, height), page::HAIR);
        if first {
            page.fill((left, y), (width, 0.5), page::HAIR);
        }
        if last {
            page.fill((left, y + height - 0.5), (width, 0.5), page::HAIR);
        }
    }

    fn typed(&mut self, typed: &[String]) {
        let place = self.structure.begin(None, Role::Paragraph);
        let code = self.structure.begin(Some(place), Role::Code);
        for (n, text) in typed.iter().enumerate() {
            let set = lines::set(self.faces, &[Run::of(text).mono()], page::TYPED.size, page::MEASURE - 20.0);
            for (m, line) in set.into_iter().enumerate() {
                self.need(page::TYPED.leading + 3.0);
                let (y, indent) = (self.y, if m == 0 { 10.0 } else { 18.0 });
                let gap = if m == 0 && n > 0 { 3.0 } else { 0.0 };
                let page = self.page();
                page.ground((page::LEFT, y), (page::MEASURE, page::TYPED.leading + gap + 0.1), Ground::Sunken);
                page.text((page::LEFT + indent, y + gap), page::TYPED, line, Some(code));
                self.y += page::TYPED.leading + gap;
            }
        }
        self.y += 9.0;
    }
}

/// The same text, where it has no color of its own in another.
fn inked(text: &[Run], ink: Ink) -> Text {
    let inked = |run: &Run| if run.ink == Ink::Body { run.clone().ink(ink) } else { run.clone() };
    text.iter().map(inked).collect()
}
