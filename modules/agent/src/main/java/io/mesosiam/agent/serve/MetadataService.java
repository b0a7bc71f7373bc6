package io.mesosiam.agent.serve;

import io.mesosiam.agent.local.HostMetadata;
import io.mesosiam.agent.local.HttpResponse;
import io.mesosiam.agent.serve.InstanceMetadata.Fact;
import io.mesosiam.reach.NoConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The host's real instance metadata service, whose answers tasks receive: an answer must be one line of at most 1,024 printable
 * ASCII characters.
 *
 * @param url {@code http://host:port}
 */
record MetadataService(URI url) {
    private static final int WAIT_MILLIS = 1000;
    private static final int HTTP_PORT = 80;
    private static final Pattern PRINTABLE = Pattern.compile("[\\x20-\\x7e]{1,1024}");

    Fact fetch(String path) {
        int port = url.getPort() < 0 ? HTTP_PORT : url.getPort();
        HttpResponse fact;
        try {
            fact = new HostMetadata(List.of(new InetSocketAddress(url.getHost(), port)), WAIT_MILLIS)
                    .first(session -> session.get("/latest/meta-data/" + path));
        } catch (IOException e) {
            return new Fact.Unknown(url + ": "
                    + NoConnection.of(e).map(NoConnection::words).orElseGet(() -> String.valueOf(e.getMessage())));
        }
        return switch (fact.status()) {
            case 200 ->
                PRINTABLE.matcher(fact.text()).matches()
                        ? new Fact.Known(fact.text())
                        : new Fact.Unknown("its answer is not one line of text");
            case 404 -> new Fact.Missing();
            default -> new Fact.Unknown("the request is answered " + fact.status());
        };
    }
}
