"""Questions about connections and their answers: frozen dataclasses, made in the workspace's scope, writing nothing."""
