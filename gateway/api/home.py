"""The home page."""

from litestar import MediaType, Response, get

from chassis.static import csp_hash, read_style, read_text
from gateway.guards import PUBLIC, ROLES
from translations.catalogue import catalogue

_TEXTS = catalogue("pages")
_STYLE = read_style("gateway.api", "static/home.css")
_PAGE = read_text("gateway.api", "templates/home.html")
_POLICY = (
    f"default-src 'none'; style-src {csp_hash(_STYLE)}; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)


@get("/", opt={ROLES: PUBLIC}, include_in_schema=False)
async def home() -> Response[str]:
    page = _PAGE.format(style=_STYLE, fr=_texts("fr"), en=_texts("en"))
    return Response(page, media_type=MediaType.HTML, headers={"content-security-policy": _POLICY})


def _texts(language: str) -> tuple[str, str, str]:
    _ = _TEXTS.in_language(language)
    return _("home.what"), _("home.description"), _("home.state")


PUBLIC_ROUTES = [home]
