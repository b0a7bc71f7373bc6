package io.mesosiam.controller.start;

import static io.mesosiam.channel.CertificateFiles.AUTHORITIES;
import static io.mesosiam.channel.CertificateFiles.CERTIFICATE;
import static io.mesosiam.channel.CertificateFiles.KEY;

import io.mesosiam.channel.CertificateFiles;
import io.mesosiam.enrol.ec2.RegionCertificates;
import io.mesosiam.pem.PemFiles;
import io.mesosiam.pem.PemFiles.Broken;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Checks the files in settings: the certificate, key and CA of the agents' port, and those and the secret for the masters.
 */
final class FileChecks {
    private static final String ENROLMENT_KEY = "mesos-iam.enrol.key-file";
    private static final String REGION_CERTIFICATES = "mesos-iam.enrol.ec2.certificates-file";
    private static final String MASTERS_CA = "mesos-iam.mesos.ca-file";
    private static final String MASTERS_CERTIFICATE = "mesos-iam.mesos.certificate-file";
    private static final String MASTERS_KEY = "mesos-iam.mesos.key-file";
    private static final String PRINCIPAL = "mesos-iam.mesos.principal";
    private static final String SECRET = "mesos-iam.mesos.secret-file";

    private final Settings settings;
    private final Instant now;
    private final List<StartProblem> problems = new ArrayList<>();

    private FileChecks(Settings settings, Instant now) {
        this.settings = settings;
        this.now = now;
    }

    static List<StartProblem> problems(Settings settings, Instant now) {
        FileChecks checks = new FileChecks(settings, now);
        checks.channel();
        checks.masters();
        settings.file(REGION_CERTIFICATES)
                .ifPresent(file -> checks.checked(
                        REGION_CERTIFICATES,
                        file,
                        () -> RegionCertificates.parse(new String(PemFiles.read(file), StandardCharsets.US_ASCII))));
        return checks.problems;
    }

    /** Findings that do not prevent the start, although TLS with agents or masters may fail. Called without problems. */
    static List<StartProblem> warnings(Settings settings) {
        FileChecks checks = new FileChecks(settings, Instant.EPOCH);
        settings.file(CERTIFICATE)
                .flatMap(file -> checks.checked(CERTIFICATE, file, () -> PemFiles.certificates(file)))
                .map(List::getFirst)
                .filter(own -> !PemFiles.hasNames(own))
                .ifPresent(_ -> checks.warn(
                        CERTIFICATE,
                        "has no DNS name and no IP address among its subject alternative names, so agents may refuse it",
                        "Renew it with the name that agents dial"));
        for (String setting : List.of(AUTHORITIES, MASTERS_CA)) {
            settings.file(setting)
                    .flatMap(file -> checks.checked(setting, file, () -> PemFiles.certificates(file)))
                    .filter(all -> all.stream().noneMatch(PemFiles::isAuthority))
                    .ifPresent(_ -> checks.warn(
                            setting,
                            "has no certificate of an authority, so only the certificates in it are trusted",
                            "Name the PEM file of the authorities"));
        }
        return checks.problems;
    }

    private void warn(String setting, String problem, String cure) {
        problems.add(StartProblem.surroundings(setting, settings.text(setting).orElse(""), problem, cure));
    }

    private void channel() {
        CertificateFiles files = new CertificateFiles(
                required(CERTIFICATE, "Name the PEM file of the certificate that agents see"),
                required(KEY, "Name the PEM file of that certificate's key"),
                // hosts that enrol here have their certificates from our authority
                settings.text(ENROLMENT_KEY).isPresent()
                        ? settings.file(AUTHORITIES)
                        : required(
                                AUTHORITIES,
                                "Name the PEM file of the authorities that sign the agents' certificates, or set "
                                        + ENROLMENT_KEY + " and let hosts enrol"));
        // the registry that loads the file takes a list, in which these separate and escape
        settings.text(AUTHORITIES)
                .filter(path -> path.contains(",") || path.contains("\\"))
                .ifPresent(path -> problems.add(StartProblem.setting(
                        AUTHORITIES, path, "has a comma or a backslash in its path", "Name one file without them")));
        files.problems(now)
                .forEach(found -> problems.add(
                        StartProblem.setting(found.setting(), found.file().toString(), found.problem(), found.cure())));
    }

    private void masters() {
        settings.file(MASTERS_CA).ifPresent(file -> checked(MASTERS_CA, file, () -> PemFiles.authorities(file, now)));
        certificateForMasters();
        Optional<String> principal = settings.text(PRINCIPAL);
        Optional<Path> secret = settings.file(SECRET);
        if (principal.isPresent() && secret.isEmpty()) {
            problems.add(StartProblem.missing(SECRET, "Name the file with the secret of " + PRINCIPAL));
        }
        if (secret.isPresent() && principal.isEmpty()) {
            problems.add(StartProblem.missing(PRINCIPAL, "Name the principal that " + SECRET + " belongs to"));
        }
        secret.ifPresent(file -> checked(SECRET, file, () -> {
            if (new String(PemFiles.read(file), StandardCharsets.UTF_8).isBlank()) {
                throw new Broken("is empty", "Write the principal's secret into it");
            }
            return file;
        }));
    }

    private void certificateForMasters() {
        Optional<Path> certificate = settings.file(MASTERS_CERTIFICATE);
        Optional<Path> key = settings.file(MASTERS_KEY);
        if (certificate.isPresent() && key.isEmpty()) {
            problems.add(StartProblem.missing(MASTERS_KEY, "Name the PEM file of the key of " + MASTERS_CERTIFICATE));
        }
        if (key.isPresent() && certificate.isEmpty()) {
            problems.add(StartProblem.missing(
                    MASTERS_CERTIFICATE, "Name the certificate that " + MASTERS_KEY + " belongs to"));
        }
        certificate
                .flatMap(file -> checked(MASTERS_CERTIFICATE, file, () -> PemFiles.certificates(file)))
                .map(List::getFirst)
                .ifPresent(own -> key.ifPresent(file -> checked(MASTERS_KEY, file, () -> PemFiles.key(file, own))));
    }

    private Optional<Path> required(String setting, String cure) {
        if (settings.text(setting).isEmpty()) {
            problems.add(StartProblem.missing(setting, cure));
        }
        return settings.file(setting);
    }

    private interface Reading<T> {
        T read() throws Broken;
    }

    private <T> Optional<T> checked(String setting, Path file, Reading<T> reading) {
        try {
            return Optional.of(reading.read());
        } catch (Broken e) {
            problems.add(StartProblem.setting(setting, file.toString(), e.problem(), e.cure()));
            return Optional.empty();
        }
    }
}
