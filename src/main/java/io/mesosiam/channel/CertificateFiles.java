package io.mesosiam.channel;

import io.mesosiam.pem.PemFiles;
import io.mesosiam.pem.PemFiles.Broken;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The files with the certificate, the key and the authorities of the agents' port. They are checked at the start and
 * whenever they are read again. A file that no setting names is not checked.
 */
public record CertificateFiles(Optional<Path> certificate, Optional<Path> key, Optional<Path> authorities) {
    public static final String CERTIFICATE = "mesos-iam.channel.certificate-file";
    public static final String KEY = "mesos-iam.channel.key-file";
    public static final String AUTHORITIES = "mesos-iam.channel.ca-file";

    /**
     * Why the port can't use a file.
     *
     * @param setting the name of the setting that names the file
     * @param problem the problem, without a full stop
     * @param cure the remedy, a sentence without a full stop
     */
    public record Problem(String setting, Path file, String problem, String cure) {
        /** The problem in one line. */
        String line() {
            return setting + "=" + file + ": " + problem + ". " + cure + ".";
        }
    }

    private interface Reading<T> {
        T read() throws Broken;
    }

    static CertificateFiles of(ChannelConfig config) {
        return new CertificateFiles(config.certificateFile(), config.keyFile(), config.caFile());
    }

    /** Reads the files. The list is empty if the port can use them at this time. */
    public List<Problem> problems(Instant now) {
        List<Problem> problems = new ArrayList<>();
        Optional<X509Certificate> own = certificate
                .flatMap(file -> checked(CERTIFICATE, file, problems, () -> PemFiles.certificates(file)))
                .map(List::getFirst);
        certificate.ifPresent(file ->
                own.flatMap(found -> outsideItsValidity(found, file, now)).ifPresent(problems::add));
        key.ifPresent(file -> checked(KEY, file, problems, () -> {
            if (own.isEmpty()) {
                return PemFiles.read(file);
            }
            return PemFiles.key(file, own.get());
        }));
        authorities.ifPresent(file -> checked(AUTHORITIES, file, problems, () -> PemFiles.authorities(file, now)));
        return List.copyOf(problems);
    }

    /** The problem of files that were usable when they were checked, and could not be loaded. */
    List<Problem> notLoaded() {
        return certificate.stream()
                .map(file -> new Problem(
                        CERTIFICATE,
                        file,
                        "can't be loaded together with " + KEY + " and " + AUTHORITIES,
                        "Check that all three are PEM files. A file that is just being written is read again"))
                .toList();
    }

    private static Optional<Problem> outsideItsValidity(X509Certificate certificate, Path file, Instant now) {
        Instant begin = certificate.getNotBefore().toInstant();
        Instant end = certificate.getNotAfter().toInstant();
        if (now.isAfter(end)) {
            return Optional.of(new Problem(CERTIFICATE, file, "expired at " + end, "Renew the certificate"));
        }
        if (now.isBefore(begin)) {
            return Optional.of(new Problem(
                    CERTIFICATE,
                    file,
                    "is valid from " + begin + " and it is " + now,
                    "Correct the host's clock, or the certificate"));
        }
        return Optional.empty();
    }

    private static <T> Optional<T> checked(String setting, Path file, List<Problem> problems, Reading<T> reading) {
        try {
            return Optional.of(reading.read());
        } catch (Broken e) {
            problems.add(new Problem(setting, file, e.problem(), e.cure()));
            return Optional.empty();
        }
    }
}
