"""The home page."""

from litestar import MediaType, Response, get

from chassis.static import csp_hash, read_style, read_text
from gateway.guards import PUBLIC, ROLES

_STYLE = read_style("gateway.api", "static/home.css")
_PAGE = read_text("gateway.api", "templates/home.html").format(style=_STYLE)
_POLICY = f"default-src 'none'; style-src {csp_hash(_STYLE)}; base-uri 'none'; frame-ancestors 'none'"


@get("/", opt={ROLES: PUBLIC}, include_in_schema=False)
async def home() -> Response[str]:
    return Response(_PAGE, media_type=MediaType.HTML, headers={"content-security-policy": _POLICY})


PUBLIC_ROUTES = [home]
