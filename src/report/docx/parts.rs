//! The parts around the document: types, relations, properties, styles, the head and foot of each page.

use super::xml::{PROLOG, color, escaped, paragraph, run};
use crate::report::model::{Ink, Report, Run};

pub const CONTENT_TYPES: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
<Default Extension=\"xml\" ContentType=\"application/xml\"/>\
<Override PartName=\"/docProps/app.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.extended-properties+xml\"/>\
<Override PartName=\"/docProps/core.xml\" ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/>\
<Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/>\
<Override PartName=\"/word/footer1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml\"/>\
<Override PartName=\"/word/header1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml\"/>\
<Override PartName=\"/word/numbering.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml\"/>\
<Override PartName=\"/word/settings.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml\"/>\
<Override PartName=\"/word/styles.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml\"/>\
</Types>";

pub const RELATIONS: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
<Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/>\
<Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties\" Target=\"docProps/core.xml\"/>\
<Relationship Id=\"rId3\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/extended-properties\" Target=\"docProps/app.xml\"/>\
</Relationships>";

pub const DOCUMENT_RELATIONS: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
<Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles\" Target=\"styles.xml\"/>\
<Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/numbering\" Target=\"numbering.xml\"/>\
<Relationship Id=\"rId3\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/settings\" Target=\"settings.xml\"/>\
<Relationship Id=\"rId4\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/header\" Target=\"header1.xml\"/>\
<Relationship Id=\"rId5\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer\" Target=\"footer1.xml\"/>\
</Relationships>";

pub const APP: &str = concat!(
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n",
    "<Properties xmlns=\"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties\">",
    "<Application>Glance ",
    env!("CARGO_PKG_VERSION"),
    "</Application></Properties>"
);

pub const SETTINGS: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
<w:settings xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">\
<w:defaultTabStop w:val=\"720\"/><w:compat><w:compatSetting w:name=\"compatibilityMode\" \
w:uri=\"http://schemas.microsoft.com/office/word\" w:val=\"15\"/></w:compat></w:settings>";

pub const NUMBERING: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
<w:numbering xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">\
<w:abstractNum w:abstractNumId=\"0\"><w:multiLevelType w:val=\"hybridMultilevel\"/><w:lvl w:ilvl=\"0\">\
<w:start w:val=\"1\"/><w:numFmt w:val=\"bullet\"/><w:lvlText w:val=\"•\"/><w:lvlJc w:val=\"left\"/>\
<w:pPr><w:ind w:left=\"360\" w:hanging=\"260\"/></w:pPr></w:lvl></w:abstractNum>\
<w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num></w:numbering>";

const NAMESPACE: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

/// Title, author and dates, which are the effective instant.
pub fn core(report: &Report) -> String {
    let date = report.instant.utc().format("%Y-%m-%dT%H:%M:%SZ");
    format!(
        "{PROLOG}<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><dc:title>{}</dc:title><dc:creator>{}</dc:creator>\
         <cp:keywords>{}</cp:keywords><dcterms:created xsi:type=\"dcterms:W3CDTF\">{date}</dcterms:created>\
         <dcterms:modified xsi:type=\"dcterms:W3CDTF\">{date}</dcterms:modified></cp:coreProperties>",
        escaped(&report.title),
        escaped(&report.author),
        escaped(&report.mark)
    )
}

/// A tab to the right edge.
const TAB: &str = "<w:tabs><w:tab w:val=\"right\" w:pos=\"9648\"/></w:tabs>";

pub fn header(report: &Report) -> String {
    let left = run(&Run::of(&report.header).ink(Ink::Quiet));
    let right = run(&Run::of(&report.mark).bold().ink(Ink::Failing));
    format!(
        "{PROLOG}<w:hdr xmlns:w=\"{NAMESPACE}\"><w:p><w:pPr><w:pStyle w:val=\"Marginal\"/>{TAB}</w:pPr>{left}\
         <w:r><w:tab/></w:r>{right}</w:p></w:hdr>"
    )
}

pub fn footer(report: &Report) -> String {
    let field = |name: &str| format!("<w:fldSimple w:instr=\" {name} \"><w:r><w:t>1</w:t></w:r></w:fldSimple>");
    let mut lines = report.footer.iter();
    let first: String = lines.next().map(|text| text.iter().map(run).collect()).unwrap_or_default();
    let rest: String = lines.map(|text| paragraph("Marginal", "", text)).collect();
    format!(
        "{PROLOG}<w:ftr xmlns:w=\"{NAMESPACE}\"><w:p><w:pPr><w:pStyle w:val=\"Marginal\"/>{TAB}</w:pPr>{first}\
         <w:r><w:tab/></w:r>{}{}{}{}</w:p>{rest}</w:ftr>",
        run(&Run::of("Page ")),
        field("PAGE"),
        run(&Run::of(" of ")),
        field("NUMPAGES")
    )
}

/// A paragraph style: id, name, half points, bold, color, space before and after in twentieths, more properties.
type Style = (&'static str, &'static str, u32, bool, Ink, (u32, u32), &'static str);

const STYLES: [Style; 15] = [
    ("Kicker", "Kicker", 17, true, Ink::Accent, (0, 40), ""),
    ("Title", "Title", 48, true, Ink::Body, (0, 40), ""),
    ("Subtitle", "Subtitle", 22, false, Ink::Quiet, (0, 240), ""),
    ("Heading1", "heading 1", 29, true, Ink::Body, (400, 120), "<w:keepNext/><w:outlineLvl w:val=\"0\"/>"),
    ("Heading2", "heading 2", 22, true, Ink::Body, (280, 80), "<w:keepNext/><w:outlineLvl w:val=\"1\"/>"),
    ("Heading3", "heading 3", 19, true, Ink::Accent, (200, 60), "<w:keepNext/><w:outlineLvl w:val=\"2\"/>"),
    ("Note", "Note", 16, false, Ink::Quiet, (0, 120), ""),
    (
        "ListBullet",
        "List Bullet",
        19,
        false,
        Ink::Body,
        (0, 60),
        "<w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"1\"/></w:numPr>",
    ),
    ("Cell", "Cell", 16, false, Ink::Body, (40, 40), ""),
    ("CellHead", "Cell Head", 15, true, Ink::Quiet, (40, 40), "<w:keepNext/>"),
    ("Fact", "Fact", 19, false, Ink::Body, (20, 20), ""),
    ("FigureNumber", "Figure Number", 38, true, Ink::Body, (100, 0), ""),
    (
        "TypedLine",
        "Typed Line",
        15,
        false,
        Ink::Body,
        (0, 60),
        "<w:shd w:val=\"clear\" w:color=\"auto\" w:fill=\"F4F4F0\"/>",
    ),
    ("Marginal", "Marginal", 14, false, Ink::Quiet, (0, 0), ""),
    ("After", "After Table", 8, false, Ink::Body, (0, 120), ""),
];

pub fn styles() -> String {
    let mut out = format!(
        "{PROLOG}<w:styles xmlns:w=\"{NAMESPACE}\"><w:docDefaults><w:rPrDefault><w:rPr>\
         <w:rFonts w:ascii=\"Calibri\" w:hAnsi=\"Calibri\" w:cs=\"Calibri\" w:eastAsia=\"Calibri\"/><w:color w:val=\"{}\"/>\
         <w:sz w:val=\"19\"/><w:szCs w:val=\"19\"/><w:lang w:val=\"en-US\"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr>\
         <w:spacing w:after=\"120\" w:line=\"264\" w:lineRule=\"auto\"/></w:pPr></w:pPrDefault></w:docDefaults>\
         <w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/><w:qFormat/></w:style>\
         <w:style w:type=\"character\" w:customStyle=\"1\" w:styleId=\"Typed\"><w:name w:val=\"Typed\"/><w:rPr>\
         <w:rFonts w:ascii=\"Consolas\" w:hAnsi=\"Consolas\" w:cs=\"Consolas\"/><w:sz w:val=\"16\"/></w:rPr></w:style>",
        color(Ink::Body.rgb())
    );
    for (id, name, size, bold, ink, (before, after), more) in STYLES {
        let (keep, rest) = more
            .split_once("<w:outlineLvl")
            .map_or((more, String::new()), |(keep, level)| (keep, format!("<w:outlineLvl{level}")));
        let fonts = if id == "TypedLine" {
            "<w:rFonts w:ascii=\"Consolas\" w:hAnsi=\"Consolas\" w:cs=\"Consolas\"/>"
        } else {
            ""
        };
        let bold = if bold { "<w:b/>" } else { "" };
        out.push_str(&format!(
            "<w:style w:type=\"paragraph\" w:styleId=\"{id}\"><w:name w:val=\"{name}\"/><w:basedOn w:val=\"Normal\"/>\
             <w:qFormat/><w:pPr>{keep}<w:spacing w:before=\"{before}\" w:after=\"{after}\"/>{rest}</w:pPr><w:rPr>{fonts}{bold}\
             <w:color w:val=\"{}\"/><w:sz w:val=\"{size}\"/><w:szCs w:val=\"{size}\"/></w:rPr></w:style>",
            color(ink.rgb())
        ));
    }
    out.push_str("</w:styles>");
    out
}
