package io.mesosiam.enrol;

import io.mesosiam.enrol.authority.Pem;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A certificate that was signed for a host.
 *
 * @param chain the host's certificate, then the intermediate
 * @param roots that the host is to trust
 */
public record Issued(List<X509Certificate> chain, List<X509Certificate> roots) {
    public Issued {
        chain = List.copyOf(chain);
        roots = List.copyOf(roots);
    }

    /** PEM: the host's certificate, then the intermediate. */
    public String certificate() {
        return Pem.of(chain);
    }

    /** PEM: the roots. */
    public String authorities() {
        return Pem.of(roots);
    }

    X509Certificate leaf() {
        return chain.getFirst();
    }
}
