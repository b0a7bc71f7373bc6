package io.mesosiam.mesos.master;

import static java.util.Locale.ROOT;

import io.mesosiam.mesos.MesosText;
import io.mesosiam.mesos.master.MasterFailure.Kind;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The configured masters. Redirects can only lead to one of them, under any of their names, so the principal's secret
 * is never sent to another host.
 */
final class MasterHosts {
    private final List<URI> masters;
    /** Keys are {@code host:port}, and {@code host} for aliases without a port. */
    private final Map<String, URI> known = new HashMap<>();

    MasterHosts(List<URI> masters, Map<String, URI> aliases) {
        if (masters.isEmpty()) {
            throw new IllegalArgumentException("mesos-iam.mesos.masters is empty");
        }
        this.masters = masters.stream().map(m -> base("masters", m)).toList();
        this.masters.forEach(master -> known.put(hostAndPort(master), master));
        aliases.forEach((name, target) -> known.put(name.toLowerCase(ROOT), base("aliases." + name, target)));
    }

    List<URI> masters() {
        return masters;
    }

    /**
     * Resolves a {@code Location} header relative to {@code from}. Mesos writes {@code //host:port/path} with the
     * advertised host name and without a scheme, also over TLS.
     */
    URI resolve(URI from, String location) throws MasterFailure {
        URI target;
        try {
            target = from.resolve(location.strip());
        } catch (IllegalArgumentException e) {
            throw refused(from, location, "which is not a URL");
        }
        if (target.getHost() == null || !isHttp(target)) {
            throw refused(from, location, "which is not an http or https URL");
        }
        URI base = known.get(hostAndPort(target));
        if (base == null) {
            base = known.get(target.getHost().toLowerCase(ROOT));
        }
        if (base == null) {
            throw refused(from, location, "a host that neither mesos-iam.mesos.masters nor .aliases names");
        }
        boolean secure = from.getScheme().equalsIgnoreCase("https");
        if (secure && !(base.getScheme().equals("https") && target.getScheme().equalsIgnoreCase("https"))) {
            throw refused(from, location, "away from https");
        }
        String path = target.getRawPath() == null ? "" : target.getRawPath();
        String query = target.getRawQuery() == null ? "" : "?" + target.getRawQuery();
        return base.resolve(path.isEmpty() ? "/" + query : path + query);
    }

    /** Returns scheme, host and port. */
    static URI origin(URI uri) {
        return URI.create(uri.getScheme() + "://" + uri.getRawAuthority());
    }

    private static URI base(String setting, URI uri) {
        boolean bare = uri.getRawPath() == null
                || uri.getRawPath().isEmpty()
                || uri.getRawPath().equals("/");
        if (uri.getHost() == null || !isHttp(uri) || !bare || uri.getRawUserInfo() != null || uri.getQuery() != null) {
            throw new IllegalArgumentException(
                    "mesos-iam.mesos." + setting + " must be http(s)://host:port, has " + MesosText.abbreviated(uri));
        }
        return URI.create(uri.getScheme().toLowerCase(ROOT) + "://" + uri.getRawAuthority());
    }

    private static boolean isHttp(URI uri) {
        return "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
    }

    private static String hostAndPort(URI uri) {
        int port = uri.getPort() >= 0 ? uri.getPort() : uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
        return uri.getHost().toLowerCase(ROOT) + ":" + port;
    }

    private static MasterFailure refused(URI from, String location, String why) {
        return new MasterFailure(
                Kind.REDIRECT_REFUSED,
                "%s redirects to %s, %s".formatted(origin(from), MesosText.abbreviated(location), why));
    }
}
