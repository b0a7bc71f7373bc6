package io.mesosiam.controller.start;

import io.mesosiam.pem.PemFiles;
import io.mesosiam.pem.PemFiles.Broken;
import io.mesosiam.signin.Mapping;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks the settings of the API's port and of signing in. */
final class SignInChecks {
    private static final String PLAIN = "mesos-iam.api.plain-http";
    private static final String CERTIFICATE = "mesos-iam.api.certificate-file";
    private static final String KEY = "mesos-iam.api.key-file";
    private static final String CLIENT_CA = "mesos-iam.api.client-ca-file";
    private static final String LOOPBACK_ROLES = "mesos-iam.sign-in.loopback-roles";
    private static final String ROLE_MAPPING = "mesos-iam.sign-in.role-mapping";
    private static final String CERTIFICATE_MAPPING = "mesos-iam.sign-in.certificate-mapping";
    private static final String BOOTSTRAP = "mesos-iam.sign-in.bootstrap-token-file";
    private static final String ISSUER = "mesos-iam.sign-in.oidc-issuer";
    private static final String CLIENT = "mesos-iam.sign-in.oidc-client-id";
    private static final String SECRET = "mesos-iam.sign-in.oidc-client-secret-file";
    private static final String PROVIDER_CA = "mesos-iam.sign-in.oidc-ca-file";
    private static final List<String> OF_PROVIDER =
            List.of(CLIENT, SECRET, "mesos-iam.sign-in.oidc-audience", PROVIDER_CA, ROLE_MAPPING);

    private final Settings settings;
    private final List<StartProblem> problems = new ArrayList<>();

    private SignInChecks(Settings settings) {
        this.settings = settings;
    }

    static List<StartProblem> problems(Settings settings) {
        SignInChecks checks = new SignInChecks(settings);
        checks.port();
        checks.mappings();
        checks.provider();
        return checks.problems;
    }

    private void port() {
        boolean plain = settings.value(PLAIN, Boolean.class).orElse(false);
        if (plain) {
            for (String setting : List.of(CERTIFICATE, KEY, CLIENT_CA, CERTIFICATE_MAPPING)) {
                unless(setting, "has no effect with " + PLAIN + "=true", "Remove one of them");
            }
        } else {
            unless(LOOPBACK_ROLES, "has no effect without " + PLAIN + "=true", "Remove it");
            pair();
        }
        file(CLIENT_CA);
        if (settings.text(CLIENT_CA).isEmpty() && !plain) {
            unless(CERTIFICATE_MAPPING, "has no effect without " + CLIENT_CA, "Name the file of the authorities");
        }
        settings.file(BOOTSTRAP)
                .ifPresent(file -> checked(BOOTSTRAP, file, () -> {
                    String text = new String(PemFiles.read(file), StandardCharsets.UTF_8).strip();
                    if (!text.matches("mia_[A-Za-z0-9_-]{43}")) {
                        throw new Broken(
                                "holds no token", "Write mia_ and 43 random characters of A-Z a-z 0-9 _ - into it");
                    }
                }));
    }

    private void pair() {
        Optional<Path> certificate = settings.file(CERTIFICATE);
        Optional<Path> key = settings.file(KEY);
        if (certificate.isPresent() && key.isEmpty()) {
            problems.add(StartProblem.missing(KEY, "Name the key of " + CERTIFICATE));
        } else if (key.isPresent() && certificate.isEmpty()) {
            problems.add(StartProblem.missing(CERTIFICATE, "Name the certificate of " + KEY));
        } else if (certificate.isPresent() && key.isPresent()) {
            checked(
                    KEY,
                    key.get(),
                    () -> PemFiles.key(
                            key.get(), PemFiles.certificates(certificate.get()).getFirst()));
        }
    }

    private void mappings() {
        for (String setting : List.of(ROLE_MAPPING, CERTIFICATE_MAPPING)) {
            settings.text(setting).map(Mapping::problems).orElse(List.of()).forEach(found -> add(setting, found));
        }
        // without effect, its value is of no interest
        settings.text(LOOPBACK_ROLES)
                .filter(_ ->
                        problems.stream().noneMatch(known -> known.setting().equals(LOOPBACK_ROLES)))
                .map(Mapping::roleProblems)
                .orElse(List.of())
                .forEach(found -> add(LOOPBACK_ROLES, found));
    }

    private void provider() {
        Optional<String> issuer = settings.text(ISSUER);
        if (issuer.isEmpty()) {
            OF_PROVIDER.forEach(setting -> unless(setting, "has no effect without " + ISSUER, "Name the issuer"));
            return;
        }
        AddressChecks.url(ISSUER, issuer.get()).ifPresent(problems::add);
        if (settings.text(CLIENT).isEmpty()) {
            problems.add(StartProblem.missing(CLIENT, "Write the id that the provider knows the controller by"));
        }
        if (settings.text(ROLE_MAPPING).isEmpty()) {
            problems.add(StartProblem.missing(ROLE_MAPPING, "Write which values of the claim give which roles"));
        }
        settings.file(SECRET)
                .ifPresent(file -> checked(SECRET, file, () -> {
                    if (new String(PemFiles.read(file), StandardCharsets.UTF_8).isBlank()) {
                        throw new Broken("is empty", "Write the client's secret into it");
                    }
                }));
        file(PROVIDER_CA);
    }

    private void file(String setting) {
        settings.file(setting)
                .ifPresent(file -> checked(setting, file, () -> {
                    List<?> unused = PemFiles.certificates(file);
                }));
    }

    private void unless(String setting, String problem, String cure) {
        settings.text(setting).ifPresent(text -> problems.add(StartProblem.setting(setting, text, problem, cure)));
    }

    private void add(String setting, Mapping.Problem found) {
        problems.add(StartProblem.setting(setting, found.entry(), found.problem(), found.cure()));
    }

    private interface Check {
        void run() throws Broken;
    }

    private void checked(String setting, Path file, Check check) {
        try {
            check.run();
        } catch (Broken e) {
            problems.add(StartProblem.setting(setting, file.toString(), e.problem(), e.cure()));
        }
    }
}
