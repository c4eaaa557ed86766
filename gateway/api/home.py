"""The home page."""

from base64 import b64encode
from hashlib import sha256

from litestar import MediaType, Response, get

from gateway.guards import PUBLIC, ROLES

_STYLE = "body{max-width:42rem;margin:3rem auto;padding:0 1rem;font:1.1rem/1.6 system-ui,sans-serif}"
_PAGE = f"""\
<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Carnet</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>Carnet</h1>
<p>Le dossier médical partagé, ouvert. Vous êtes à la porte d'entrée de la plateforme : les logiciels des
professionnels de santé et les applications s'adressent ici.</p>
<p><a href="/openapi">Description de l'interface (OpenAPI)</a> · <a href="/health/ready">État du service</a></p>
<div lang="en">
<p>The shared health record, open. This is the platform's front door: the software of health professionals and
apps call here.</p>
<p><a href="/openapi">Description of the interface (OpenAPI)</a> ·
<a href="/health/ready">State of the service</a></p>
</div>
</body>
</html>
"""
_STYLE_HASH = b64encode(sha256(_STYLE.encode()).digest()).decode()
_POLICY = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; frame-ancestors 'none'"


@get("/", opt={ROLES: PUBLIC}, include_in_schema=False)
async def home() -> Response[str]:
    return Response(_PAGE, media_type=MediaType.HTML, headers={"content-security-policy": _POLICY})


PUBLIC_ROUTES = [home]
