package io.mesosiam.channel;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which host a SPIFFE id names, by a form in which {@code {host}} stands for it: {@code spiffe://example.org/mesos/{host}}.
 *
 * @see <a href="https://github.com/spiffe/spiffe/blob/main/standards/SPIFFE-ID.md">SPIFFE ID</a>
 */
public final class SpiffeIds {
    static final String SCHEME = "spiffe://";

    private static final String HOST = "{host}";

    /** The trust domain, and segments of which one is the host. */
    private static final Pattern FORM =
            Pattern.compile("spiffe://[a-z0-9._-]{1,255}(/[A-Za-z0-9._-]+)*/\\{host}(/[A-Za-z0-9._-]+)*");

    private final Pattern id;

    private SpiffeIds(String form) {
        int host = form.indexOf(HOST);
        this.id = Pattern.compile(Pattern.quote(form.substring(0, host)) + "([A-Za-z0-9._-]+)"
                + Pattern.quote(form.substring(host + HOST.length())));
    }

    /** Whether a text is such a form. */
    public static boolean isForm(String text) {
        return FORM.matcher(text).matches();
    }

    /** The ids of a form; empty if the text is none. */
    static Optional<SpiffeIds> of(String form) {
        return isForm(form) ? Optional.of(new SpiffeIds(form)) : Optional.empty();
    }

    /** The host that an id names; empty if it has another form. */
    Optional<String> host(String uri) {
        Matcher host = id.matcher(uri);
        return host.matches() ? Optional.of(host.group(1)) : Optional.empty();
    }
}
