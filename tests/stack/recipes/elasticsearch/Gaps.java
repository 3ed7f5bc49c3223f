package holysheep.standin;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.email.UAX29URLEmailTokenizer;
import org.apache.lucene.analysis.miscellaneous.RemoveDuplicatesTokenFilter;
import org.apache.lucene.analysis.pattern.PatternCaptureGroupTokenFilter;
import org.elasticsearch.Build;
import org.elasticsearch.client.internal.node.NodeClient;
import org.elasticsearch.cluster.node.DiscoveryNodes;
import org.elasticsearch.common.settings.Setting;
import org.elasticsearch.common.settings.Setting.Property;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.features.NodeFeature;
import org.elasticsearch.index.analysis.AbstractTokenFilterFactory;
import org.elasticsearch.index.analysis.TokenFilterFactory;
import org.elasticsearch.index.analysis.TokenizerFactory;
import org.elasticsearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.elasticsearch.plugins.ActionPlugin;
import org.elasticsearch.plugins.AnalysisPlugin;
import org.elasticsearch.plugins.Plugin;
import org.elasticsearch.rest.BaseRestHandler;
import org.elasticsearch.rest.RestHandler;
import org.elasticsearch.rest.RestRequest;
import org.elasticsearch.rest.RestResponse;
import org.elasticsearch.rest.RestStatus;

/**
 * What the Elasticsearch in Maven lacks to take the set-up's requests: the analysis of the index that keeps users, roles
 * and tokens, a lifecycle API that takes policies, and the answer at `/`. No policy is ever carried out here, and there is
 * no Painless.
 */
public final class Gaps extends Plugin implements ActionPlugin, AnalysisPlugin {

    @Override
    public Map<String, AnalysisProvider<TokenFilterFactory>> getTokenFilters() {
        return Map.of(
            "pattern_capture", AnalysisPlugin.requiresAnalysisSettings((index, environment, name, settings) -> {
                Pattern[] patterns = settings.getAsList("patterns").stream().map(Pattern::compile).toArray(Pattern[]::new);
                boolean original = settings.getAsBoolean("preserve_original", true);
                return filter(name, stream -> new PatternCaptureGroupTokenFilter(stream, original, patterns));
            }),
            "unique", (index, environment, name, settings) -> filter(name, RemoveDuplicatesTokenFilter::new)
        );
    }

    @Override
    public Map<String, AnalysisProvider<TokenizerFactory>> getTokenizers() {
        return Map.of(
            "uax_url_email",
            (index, environment, name, settings) -> TokenizerFactory.newFactory(name, UAX29URLEmailTokenizer::new)
        );
    }

    private static TokenFilterFactory filter(String name, java.util.function.UnaryOperator<TokenStream> made) {
        return new AbstractTokenFilterFactory(name) {
            @Override
            public TokenStream create(TokenStream stream) {
                return made.apply(stream);
            }
        };
    }

    @Override
    public List<Setting<?>> getSettings() {
        // The server itself knows `index.lifecycle.parse_origination_date`.
        return List.of(
            Setting.simpleString("index.lifecycle.name", Property.Dynamic, Property.IndexScope),
            Setting.boolSetting("ingest.geoip.downloader.enabled", false, Property.NodeScope)
        );
    }

    @Override
    public Collection<RestHandler> getRestHandlers(
        RestHandlersServices services, Supplier<DiscoveryNodes> nodes, Predicate<NodeFeature> features
    ) {
        return List.of(new Policies(), new Root());
    }

    /** Says what is running here: Logstash and many clients ask for it before anything else. */
    private static final class Root extends BaseRestHandler {
        private static final String ANSWER = """
            {"name":"standin","cluster_name":"docker-cluster","cluster_uuid":"standin","version":{"number":"%s",\
            "build_flavor":"default","build_type":"docker"},"tagline":"You Know, for Search"}
            """;

        @Override
        public String getName() {
            return "standin_root";
        }

        @Override
        public List<Route> routes() {
            return List.of(new Route(RestRequest.Method.GET, "/"), new Route(RestRequest.Method.HEAD, "/"));
        }

        @Override
        protected RestChannelConsumer prepareRequest(RestRequest request, NodeClient client) {
            String answer = ANSWER.formatted(Build.current().version());
            return channel -> channel.sendResponse(new RestResponse(RestStatus.OK, "application/json", answer));
        }
    }

    /** Takes a lifecycle policy and forgets it. */
    private static final class Policies extends BaseRestHandler {
        @Override
        public String getName() {
            return "standin_lifecycle";
        }

        @Override
        public List<Route> routes() {
            return List.of(new Route(RestRequest.Method.PUT, "/_ilm/policy/{name}"));
        }

        @Override
        protected RestChannelConsumer prepareRequest(RestRequest request, NodeClient client) throws IOException {
            request.param("name");
            boolean policy = request.contentParser().map().containsKey("policy");
            return channel -> channel.sendResponse(
                policy
                    ? new RestResponse(RestStatus.OK, "application/json", "{\"acknowledged\":true}")
                    : new RestResponse(RestStatus.BAD_REQUEST, "a lifecycle policy has a key `policy`")
            );
        }
    }
}
