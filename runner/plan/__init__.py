"""Plan and apply: everything rendered, compared with what a cluster, a Kibana and the alerts container have."""
