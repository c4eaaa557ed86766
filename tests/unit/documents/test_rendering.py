"""A document as a page: its whole narrative, and no active content."""

import base64
from collections.abc import Callable
from functools import partial
from html import escape

import pytest

from contracts.errors.execution import NotRenderable
from samples.heavy import cited_narrative, media_references, multiplied_emphasis, repeated_picture
from services.documents.rendering.files import head_of_file
from services.documents.rendering.pages import MOST_MARKUP, clinical_data_page, page_of
from tests.unit.documents.narratives import cda, wrapping
from tests.unit.documents.specimens import vsm

PIXEL = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(20)).decode()


def shown(narrative: str, *, entries: str = "", language: str = "fr") -> str:
    page = page_of(cda(narrative, entries=entries), language)
    assert page.media_type.startswith("text/html")
    return page.body.decode().partition("</style>")[2]


def test_a_page_says_whose_it_is_and_who_wrote_it_in_both_languages() -> None:
    french, english = (page_of(cda("x"), language).body.decode() for language in ("fr", "en"))
    assert "né(e) le 28/03/1979" in french and 'lang="fr"' in french
    assert "born 28/03/1979" in english and 'lang="en"' in english
    for page in (french, english):
        assert "DOMINIQUE PAT-ESSAI" in page and "Anne AUTEUR" in page and "<title>Compte rendu</title>" in page


def test_people_are_named_by_title_given_and_family_name_and_a_full_stop_is_no_name() -> None:
    author = "<name><given>Anne</given><family>AUTEUR</family></name>"
    for written, read in (
        ("<name><given>Anne</given><prefix>Dr</prefix><family>AUTEUR</family></name>", "Dr Anne AUTEUR"),
        ("<name><given>.</given><family>CAISSE</family></name>", "<dd>CAISSE"),
    ):
        document = cda("x").decode().replace(author, written)
        assert written in document
        assert read in page_of(document.encode(), "fr").body.decode()


def test_paragraphs_lists_tables_and_emphasis_are_kept() -> None:
    html = shown(
        "<paragraph>Un <content styleCode='Bold' ID='a'>deux</content><br/></paragraph>"
        "<list listType='ordered'><caption>L</caption><item>i</item></list><list><item>j</item></list>"
        "<table><caption>T</caption><thead><tr><th>h</th></tr></thead>"
        "<tbody><tr><th>r</th><td colspan='2'>d<footnoteRef IDREF='f'/></td></tr></tbody></table>"
        "<footnote ID='f'>note</footnote><linkHtml href='#a'>là</linkHtml>H<sub>2</sub>O<sup>+</sup>"
    )
    for piece in (
        '<strong id="n-a">deux</strong>',
        "<ol><li>i</li></ol>",
        "<ul><li>j</li></ul>",
        "<caption>T</caption>",
        '<th scope="col">h</th>',
        '<th scope="row">r</th>',
        '<td colspan="2">d<sup><a href="#n-f">*</a></sup></td>',
        '<small id="n-f">note</small>',
        '<a href="#n-a">là</a>',
        "H<sub>2</sub>O<sup>+</sup>",
    ):
        assert piece in html, piece


FILES = [
    (b"%PDF-1.7 ...", "application/pdf"),
    (b"\xff\xd8\xff...", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n...", "image/png"),
    (b"II*\x00...", "image/tiff"),
    (b"{\\rtf1}", "text/rtf"),
    ("à lire".encode(), "text/plain; charset=utf-8"),
]
MEDIA = "<observationMedia ID='{}'><value mediaType='{}' representation='B64'>{}</value></observationMedia>"
NAMED = "<renderMultiMedia referencedObject='{}'><caption>Courbe</caption></renderMultiMedia>"


def test_pictures_are_shown_and_pdfs_can_be_saved() -> None:
    entries = MEDIA.format("p", "image/png", PIXEL) + MEDIA.format("d", "application/pdf", "JVBERi0xLjQK\n IAo=")
    html = shown(NAMED.format("p") + NAMED.format("d"), entries=entries)
    assert f'src="data:image/png;base64,{PIXEL}"' in html
    kept = (
        '<a download="document.pdf" href="data:application/pdf;base64,JVBERi0xLjQKIAo=">Enregistrer le PDF joint</a>'
    )
    assert f"{kept} (PDF, 1 ko)" in html


def attached(anchor: str, title: str, data: str = "JVBERi0xLjQK") -> str:
    """A PDF as CI-SIS attaches it: beside an observation that says what it is."""
    kind = f"<observation><code code='69764-9'/>{title}</observation>"
    media = MEDIA.format(anchor, "application/pdf", data)
    return f"<organizer><component>{kind}</component><component>{media}</component></organizer>"


def test_attached_files_have_titles_sizes_and_names_of_their_own() -> None:
    narrative = "".join(f"<renderMultiMedia referencedObject='{name}'/>" for name in "abcd")
    named = "<content ID='t'>Ordonnance du 2/3</content>"
    html = shown(
        narrative + named,
        entries=attached("a", "<text><reference value='#t'/></text>")
        + attached("b", "<value displayName='Copie &lt;b&gt; ../'/>", "JVBERi0x" * 2_000)
        + attached("c", "<value>Ordonnance du 2/3</value>")
        + attached("d", ""),
    )
    for name, words in {
        "Ordonnance du 2-3.pdf": "Enregistrer le PDF joint : Ordonnance du 2/3</a> (PDF, 1 ko)",
        "Copie -b.pdf": "Enregistrer le PDF joint : Copie &lt;b&gt; ../</a> (PDF, 12 ko)",
        "Ordonnance du 2-3 (2).pdf": "Enregistrer le PDF joint : Ordonnance du 2/3</a> (PDF, 1 ko)",
        "document.pdf": "Enregistrer le PDF joint</a> (PDF, 1 ko)",
    }.items():
        assert f'download="{name}"' in html and words in html, name


@pytest.mark.parametrize("declared", ["image/jpg", "IMAGE/PNG", "", "application/octet-stream"])
def test_a_picture_is_known_by_its_bytes_not_by_what_its_sender_calls_it(declared: str) -> None:
    media = MEDIA.format("p", declared, PIXEL)
    for sent in (media, media.replace("<value", "<value compression='DF'")):
        assert f'src="data:image/png;base64,{PIXEL}"' in shown(NAMED.format("p"), entries=sent)


def in_sections(*contents: str) -> str:
    inner = "</section></component><component><section>".join(contents)
    document = cda("x").decode()
    return document.replace("<entry></entry>", f"</section></component><component><section>{inner}")


@pytest.mark.parametrize(
    ("reference", "media", "pictures", "words"),
    [
        # In a section beside it, in one around it, in an organizer.
        ("p", MEDIA.format("p", "image/png", PIXEL), 1, ""),
        ("p q", MEDIA.format("p", "image/png", PIXEL) + MEDIA.format("q", "image/png", PIXEL), 2, ""),
        (
            "r",
            f"<regionOfInterest ID='r'><entryRelationship>{MEDIA.format('p', 'image/png', PIXEL)}</entryRelationship>"
            "</regionOfInterest>",
            1,
            "La zone repérée",
        ),
        ("#p", MEDIA.format("p", "image/png", PIXEL), 1, ""),
        ("x", "", 0, "Pièce jointe ou image absente du document. (x)"),
        ("", "", 0, "Pièce jointe ou image absente du document."),
        ("p x", MEDIA.format("p", "image/png", PIXEL), 1, "absente du document. (x)"),
        ("p", MEDIA.format("p", "image/tiff", "SUkqAAgA"), 0, "téléchargez le document pour l'ouvrir. (TIFF)"),
        ("p", MEDIA.format("p", "image/png", ""), 0, "absente du document"),
        ("p", "<observationMedia ID='p'/>", 0, "absente du document"),
        (
            "p",
            "<observationMedia ID='p'><value mediaType='image/png'><reference value='http://e.example/a'/></value>"
            "</observationMedia>",
            0,
            "conservée ailleurs",
        ),
        ("p", MEDIA.format("p", "image/png", "pas du base64 !"), 0, "téléchargez le document"),
    ],
)
def test_every_reference_ends_in_the_picture_or_in_words(
    reference: str, media: str, pictures: int, words: str
) -> None:
    narrative = f"<text><paragraph><renderMultiMedia referencedObject='{reference}'/></paragraph></text>"
    html = page_of(in_sections(narrative, f"<entry>{media}</entry>").encode(), "fr").body.decode()
    assert html.count("<img") == html.count(PIXEL) == pictures
    assert words in html
    assert "Pièces jointes" not in html


def test_a_link_to_a_picture_shows_it() -> None:
    narrative = "<text><linkHtml href='#p'>voir</linkHtml><linkHtml href='#p'>encore</linkHtml></text>"
    entries = f"<entry>{MEDIA.format('p', 'image/png', PIXEL)}</entry>"
    html = page_of(in_sections(narrative, entries).encode(), "fr").body.decode()
    assert html.count("<img") == 1 and "Déjà affiché" in html and html.index("voir</a>") < html.index("<img")


@pytest.mark.parametrize(
    "around", ["{}", "<attachments>{}</attachments>", "<linkHtml href='#x'>{}</linkHtml>", "<caption>{}</caption>"]
)
def test_no_author_can_write_what_stands_for_a_picture(around: str) -> None:
    picture, pdf = f"data:image/png;base64,{PIXEL}", "data:application/pdf;base64,JVBERi0x"
    forged = f"<shown as='picture' data='{picture}'/><shown as='pdf' data='{pdf}'/>"
    for narrative in (around.format(forged), f"<renderMultiMedia>{around.format(forged)}</renderMultiMedia>"):
        html = shown(narrative)
        assert "<img" not in html and "data:" not in html


def test_media_of_one_name_in_two_other_sections_are_not_confused() -> None:
    other = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(21)).decode()
    narrative = f"<text>{NAMED.format('p')}</text>"
    sections = (MEDIA.format("p", "image/png", picture) for picture in (PIXEL, other))
    before, _, after = (
        page_of(in_sections(narrative, *sections).encode(), "fr").body.decode().partition("Pièces jointes")
    )
    assert "absente du document" in before and "<img" not in before
    assert after.count("<img") == 2


def test_media_to_which_nothing_refers_are_attached_at_the_end() -> None:
    html = shown(
        "x", entries=attached("a", "<value>Copie</value>") + "<attachments><shown as='picture'/></attachments>"
    )
    assert html.index("x</div>") < html.index("<h2>Pièces jointes</h2>") < html.index('download="Copie.pdf"')


def test_what_the_author_deleted_is_struck_out_and_said_to_be_deleted() -> None:
    html = shown("Warfarine <content revised='delete'>10 mg</content><content revised='insert'>1 mg</content>")
    assert 'Warfarine <del>10 mg</del><small class="note"> [supprimé par l\'auteur] </small><ins>1 mg</ins>' in html
    assert '<td class="deleted">a<small' in shown("<table><tr><td revised='delete'>a</td></tr></table>")


@pytest.mark.parametrize("style", ["Bold", "bold", "xHL7 Bold", "Emphasis"])
def test_emphasis_is_kept_wherever_an_author_puts_it(style: str) -> None:
    html = shown(
        f"<table styleCode='{style}'><caption styleCode='{style}'>c</caption><tbody><tr styleCode='{style}'>"
        f"<th styleCode='{style}'>h</th><td styleCode='{style}' align='right'>d</td></tr></tbody></table>"
        f"<paragraph styleCode='{style}'>p</paragraph><list><item styleCode='{style}'>i</item></list>"
        f"<content styleCode='{style} Italics'>ci</content><content styleCode='Italics Underline'>iu</content>"
    )
    for piece in (
        *('<table class="bold">', '<caption class="bold">', '<tr class="bold">', '<strong class="italics">ci'),
        *('<td class="bold right"><strong>d</strong>', '<p class="bold"><strong>p</strong></p>'),
        *('<li class="bold"><strong>i</strong>', '<em class="underline">iu'),
    ):
        assert piece in html, piece
    blocks = shown(
        f"<table><tr><td styleCode='{style}'><paragraph>a</paragraph><paragraph>b</paragraph></td></tr></table>"
    )
    assert '<td class="bold"><p>a</p><p>b</p></td>' in blocks


def test_links_name_the_address_to_which_no_page_leads() -> None:
    html = shown(
        "<linkHtml href='https://a.example/x'>Fiche</linkHtml><linkHtml href='Documents/P.pdf'/>"
        "<linkHtml href='https://b.example'>voir https://b.example</linkHtml>"
        "<linkHtml href='data:text/html,x'>d</linkHtml>"
        "<linkHtml href='#Réaction' ID='l'>là</linkHtml>"
    )
    assert 'Fiche</span> <span class="address">[https://a.example/x]</span>' in html and "[Documents/P.pdf]" in html
    assert html.count("https://b.example") == 1 and "data:text" not in html
    assert '<a href="#n-R%C3%A9action" id="n-l">là</a>' in html


def test_a_header_has_the_national_identity_sex_specialty_version_and_act() -> None:
    document = cda("x").decode()
    for old, new in {
        "<recordTarget><patientRole>": "<versionNumber value='3'/><recordTarget><patientRole>"
        "<id root='1.2.3' extension='LOCAL'/><id root='1.2.250.1.213.1.4.8' extension='279035121518989'/>",
        "<birthTime": "<administrativeGenderCode code='F'/><birthTime",
        "<assignedAuthor>": "<assignedAuthor><code displayName='Radiologue'/>",
        "<component>": "<documentationOf><serviceEvent><code displayName='Échographie'/><effectiveTime>"
        "<low value='202603'/></effectiveTime></serviceEvent></documentationOf>"
        "<relatedDocument typeCode='RPLC'/><component>",
    }.items():
        assert old in document
        document = document.replace(old, new, 1)
    html = page_of(document.encode(), "fr").body.decode()
    for piece in (
        "02/03/2026 · version 3, remplace un document précédent",
        "DOMINIQUE PAT-ESSAI (nom de naissance NAISSANCE), sexe féminin, né(e) le 28/03/1979",
        "<dt>INS</dt><dd>279035121518989</dd>",
        "Anne AUTEUR, Radiologue",
        "<dd>Échographie, 03/2026</dd>",
    ):
        assert piece in html, piece


def test_a_narrative_keeps_the_language_of_its_author() -> None:
    document = cda("<content language='de-DE'>drei</content>").replace(
        b"<title>", b"<languageCode code='fr-FR'/><title>", 1
    )
    html = page_of(document, "en").body.decode()
    assert '<html lang="en">' in html and '<h1 lang="fr-FR">' in html and '<section lang="fr-FR">' in html
    assert '<span lang="de-DE">drei</span>' in html
    assert "onclick" not in page_of(document.replace(b"fr-FR", b"x&quot; onclick=&quot;y"), "en").body.decode()


def test_print_neither_breaks_words_nor_keeps_a_section_whole() -> None:
    style = page_of(cda("x"), "fr").body.decode().partition("@media print")[2].partition("</style>")[0]
    assert "anywhere" not in style and "section{break-inside" not in style


def test_a_picture_is_shown_once_and_further_references_say_so() -> None:
    html = shown(NAMED.format("p") * 3, entries=MEDIA.format("p", "image/png", PIXEL))
    assert html.count(PIXEL) == html.count("<img") == 1
    assert html.count("Courbe</strong> Déjà affiché plus haut sur cette page.") == 2


def test_a_reference_means_the_media_of_its_own_section() -> None:
    """Software that numbers media in each section repeats their ids in a document."""
    other = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(21)).decode()
    before, end, after = cda(NAMED.format("p"), entries=MEDIA.format("p", "image/png", PIXEL)).partition(
        b"</section>"
    )
    section = f"<section><text>{NAMED.format('p')}</text>{MEDIA.format('p', 'image/png', other)}</section>"
    second = f"</section></component><component>{section.removesuffix('</section>')}".encode()
    html = page_of(before + second + end + after, "fr").body.decode()
    assert html.index(PIXEL) < html.index(other)
    assert "Pièce jointe" in shown(
        NAMED.format("p"), entries=f"<section>{MEDIA.format('q', 'image/png', PIXEL)}</section>"
    )


def test_no_author_can_place_a_picture_in_the_text() -> None:
    html = shown(f"{NAMED.format('p')}X0X data:image/png;base64,X0X", entries=MEDIA.format("p", "image/png", PIXEL))
    assert html.count(PIXEL) == 1 and "data:image/png;base64,X0X" in html


@pytest.mark.parametrize(
    ("heavy", "times"),
    [
        (lambda: media_references(vsm(), 4_000), 1),
        (lambda: repeated_picture(vsm(), 300, 800_000), 1.1),
        (lambda: multiplied_emphasis(vsm(), 80, 4_000), 2),
        (lambda: cited_narrative(vsm(), 2_000, 3_000_000), 1),
    ],
)
def test_a_page_is_about_as_long_as_its_document(heavy: Callable[[], bytes], times: float) -> None:
    document = heavy()
    assert len(page_of(document, "fr").body) < len(document) * times


def test_a_document_of_more_markup_than_any_real_one_is_refused() -> None:
    for markup in ("<br/>" * MOST_MARKUP, "<content a='' b='' c=''/>" * (MOST_MARKUP // 4)):
        with pytest.raises(NotRenderable):
            page_of(cda(markup), "fr")


def test_a_long_text_is_shown_as_it_was_written() -> None:
    text = 'l\'œdème < 2 cm & "stable" <script>alert(1)</script> \N{NO-BREAK SPACE}' * 50
    narrative = f"<paragraph>{escape(text)}<content>x</content>{escape(text)}</paragraph>"
    shown = page_of(cda(narrative), "fr").body.decode()
    assert f"<p>{escape(text)}<span>x</span>{escape(text)}</p>" in shown


def test_a_long_caption_is_shown_as_text_and_in_place_of_its_picture() -> None:
    caption = '"><script>alert(1)</script>' * 100
    value = "<value mediaType='image/png' representation='B64'>iVBORw0KGgo=</value>"
    narrative = f"<renderMultiMedia referencedObject='m'><caption>{escape(caption)}</caption></renderMultiMedia>"
    shown = page_of(
        cda(narrative, entries=f"<observationMedia ID='m'>{value}</observationMedia>"), "fr"
    ).body.decode()
    assert shown.count("alert(1)") == 200
    assert "<script" not in shown


def test_long_texts_count_for_the_length_of_a_page() -> None:
    with pytest.raises(NotRenderable):
        page_of(cda(f"<paragraph>{'>' * 2_600_000}</paragraph>"), "fr")


def test_other_attachments_are_named() -> None:
    html = shown(NAMED.format("d"), entries=MEDIA.format("d", "application/msword", "0M8R4KGx"))
    assert "Pièce jointe" in html and "0M8R4KGx" not in html


@pytest.mark.parametrize("content", ["PHNjcmlwdD4=", "JVBERi0x&quot; onclick=&quot;x", "JVBERi0x#", ""])
def test_data_that_does_not_begin_as_a_pdf_is_no_link(content: str) -> None:
    assert "data:application" not in shown(NAMED.format("d"), entries=MEDIA.format("d", "application/pdf", content))


@pytest.mark.parametrize(
    "narrative",
    [
        "<script xmlns='http://www.w3.org/1999/xhtml'>alert(1)</script>",
        "<content onclick='alert(1)' style='x'>a</content>",
        "<linkHtml href='javascript:alert(1)'>a</linkHtml>",
        "<linkHtml href='https://elsewhere.example'>a</linkHtml>",
        "<linkHtml href='#a&quot; onclick=&quot;alert(1)'>a</linkHtml>",
        "<td colspan='1&quot; onload=&quot;x'>a</td>",
        "<paragraph>&lt;script&gt;alert(1)&lt;/script&gt;</paragraph>",
        "<paragraph>&lt;img src=x onerror=alert(1)&gt;</paragraph>",
        "<iframe xmlns='http://www.w3.org/1999/xhtml' src='https://elsewhere.example'/>",
        "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        "<meta xmlns='http://www.w3.org/1999/xhtml' http-equiv='refresh' content='0;url=https://elsewhere.example'/>",
        "<style xmlns='http://www.w3.org/1999/xhtml'>body{background:url(https://elsewhere.example)}</style>",
        "<content ID='x&quot;&gt;&lt;script&gt;'>a</content>",
    ],
)
def test_active_content_and_external_links_are_removed(narrative: str) -> None:
    html = shown(narrative)
    for sign in ("<script", "<iframe", "<svg", "<meta", "<style", "<img", " on", "javascript:", 'href="http', "url("):
        assert sign not in html.replace("&lt;img src=x onerror", "").replace("&lt;", "‹"), sign


def test_an_svg_is_not_shown() -> None:
    value = "<value mediaType='image/svg+xml' representation='B64'>PHN2Zz4=</value>"
    media = f"<observationMedia ID='p'>{value}</observationMedia>"
    assert "svg" not in shown("<renderMultiMedia referencedObject='p'/>", entries=media)


def test_the_policy_of_a_page_allows_no_script() -> None:
    policy = page_of(cda("x"), "fr").policy
    assert (
        policy.startswith("default-src 'none'")
        and policy.endswith("sandbox allow-downloads")
        and "form-action 'none'; base-uri 'none'; frame-ancestors 'self'" in policy
        and "unsafe" not in policy
    )


def test_a_wrapped_file_is_unwrapped() -> None:
    pdf = b"%PDF-1.7 ..."
    page = page_of(wrapping("application/pdf", pdf), "fr")
    assert (page.media_type, page.body) == ("application/pdf", pdf)
    text = page_of(wrapping("text/plain", b"Bonjour", encoded=False), "fr")
    assert (text.media_type, text.body) == ("text/plain; charset=utf-8", b"Bonjour")
    assert "sandbox" not in page.policy and page.policy.startswith("default-src 'none'")


def test_a_self_presenting_document_is_read_as_the_document_in_it() -> None:
    inner = cda("<paragraph>dedans</paragraph>").decode().partition("?>")[2]
    outer = f'<x:stylesheet xmlns:x="http://www.w3.org/1999/XSL/Transform" version="1.0">{inner}</x:stylesheet>'
    assert "dedans" in page_of(outer.encode(), "fr").body.decode()


@pytest.mark.parametrize(("head", "media_type"), FILES)
@pytest.mark.parametrize("declared", ["image/png", "text/html", "image/svg+xml"])
def test_a_file_is_shown_under_the_type_of_its_bytes(head: bytes, media_type: str, declared: str) -> None:
    page, head_of_deposited = page_of(wrapping(declared, head), "fr"), head_of_file(head)
    assert page.body == head
    assert page.media_type == head_of_deposited.media_type == media_type
    assert page.policy == head_of_deposited.policy
    assert page.policy.startswith("default-src 'none'")
    assert "form-action 'none'; base-uri 'none'; frame-ancestors 'self'" in page.policy
    assert page.policy.endswith("; sandbox") == (media_type != "application/pdf")


@pytest.mark.parametrize("declared", ["text/html", "image/svg+xml", "text/plain", "application/pdf"])
@pytest.mark.parametrize("encoded", [True, False])
def test_markup_that_a_document_wraps_is_refused_whatever_it_is_called(declared: str, encoded: bool) -> None:
    markup = b" <svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    text = base64.b64encode(markup).decode() if encoded else escape(markup.decode())
    document = wrapping(declared, text.encode(), encoded=False).decode()
    with pytest.raises(NotRenderable):
        page_of(document.replace("'TXT'", "'B64'" if encoded else "'TXT'").encode(), "fr")


WRAPPED_PAGE = wrapping("text/html", b"<script>alert(1)</script>").decode().partition("?>")[2]


@pytest.mark.parametrize(
    "document",
    [
        cda(f"<paragraph>{WRAPPED_PAGE}</paragraph>"),
        cda("x", entries=WRAPPED_PAGE),
        wrapping("text/plain", b"x").replace(b"<title>", WRAPPED_PAGE.encode() + b"<title>", 1),
        b"<x:stylesheet xmlns:x='http://www.w3.org/1999/XSL/Transform'>%b%b</x:stylesheet>"
        % (cda("x").partition(b"?>")[2], WRAPPED_PAGE.encode()),
    ],
)
def test_a_document_within_a_document_or_beside_it_is_refused(document: bytes) -> None:
    for show in (partial(page_of, language="fr"), clinical_data_page):
        with pytest.raises(NotRenderable):
            show(document)


def test_what_stands_beside_a_wrapped_file_is_not_read_as_part_of_it() -> None:
    with pytest.raises(NotRenderable):
        page_of(wrapping("text/plain", b"a<x>b</x>", encoded=False), "fr")


@pytest.mark.parametrize(
    "broken",
    [
        b"<a",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;&d;</a>',
        cda("x" * 3 + "<a>" * 300 + "</a>" * 300),
        wrapping("application/pdf", b"\x00\x01"),
        wrapping("application/pdf", b""),
    ],
)
def test_a_document_that_cannot_be_rendered_is_refused(broken: bytes) -> None:
    with pytest.raises(NotRenderable):
        page_of(broken, "fr")
