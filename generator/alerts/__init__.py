"""Alert rules: from generator/registry/alerts/*.yaml to rules of ElastAlert 2."""
