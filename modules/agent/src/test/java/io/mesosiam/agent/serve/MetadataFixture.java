package io.mesosiam.agent.serve;

import static io.mesosiam.agent.serve.Routes.TOKEN_LIFE_HEADER;

/** An endpoint as the instance metadata service, whose callers and leases the test sets. */
abstract class MetadataFixture extends EndpointFixture {
    static final String TOKEN = "/latest/api/token";
    static final String ROLES = "/latest/meta-data/iam/security-credentials/";

    String token() throws Exception {
        return endpoint.put(TOKEN, TOKEN_LIFE_HEADER, "300").body();
    }
}
