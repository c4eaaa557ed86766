"""The manifests of deploy/k8s: rendered, validated, and compared with code and wiring; no cluster is needed."""
