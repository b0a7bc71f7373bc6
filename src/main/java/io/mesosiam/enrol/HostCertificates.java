package io.mesosiam.enrol;

import io.mesosiam.enrol.Enrolment.Outcome;
import io.mesosiam.enrol.authority.CertificateRequest;
import io.mesosiam.enrol.authority.HostName;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;

/** The hosts' certificates, for the port of the agents: which are trusted, which are evicted, and their renewal. */
@Singleton
public final class HostCertificates {
    private final HostAuthorities authorities;
    private final EvictedHosts evicted;
    private final Enrolment enrolment;

    @Inject
    public HostCertificates(HostAuthorities authorities, EvictedHosts evicted, Enrolment enrolment) {
        this.authorities = authorities;
        this.evicted = evicted;
        this.enrolment = enrolment;
    }

    /** The roots that the port trusts beside its file. */
    public List<X509Certificate> roots() {
        return authorities.roots();
    }

    /** As {@link EvictedHosts#areEvicted}. */
    public boolean areEvicted(Collection<String> names, String serial) {
        return evicted.areEvicted(names, serial);
    }

    /** Whether a certificate of this issuer is trusted no more, because an operator has deleted its authority. */
    public boolean isRemoved(X500Principal issuer) {
        return authorities.isRemoved(issuer);
    }

    /**
     * A new certificate for a host whose current one was issued here.
     *
     * @param names in the certificate of the stream
     * @param serial of that certificate, as {@link EvictedHosts#serial} returns it
     * @param csr the request, PEM
     */
    public Uni<Outcome> renew(Collection<String> names, String serial, String csr, String address) {
        Optional<HostName> name =
                names.size() == 1 ? HostName.of(names.iterator().next()) : Optional.empty();
        if (name.isEmpty()) {
            // of the site's own authority, which renews it
            return Uni.createFrom().item(new Outcome.Refused(Refusal.CERTIFICATE_UNKNOWN));
        }
        try {
            return enrolment.renew(serial, name.get(), CertificateRequest.read(csr, name.get()), address);
        } catch (CertificateRequest.Malformed e) {
            return Uni.createFrom().item(new Outcome.Malformed("csr: " + e.getMessage()));
        }
    }
}
