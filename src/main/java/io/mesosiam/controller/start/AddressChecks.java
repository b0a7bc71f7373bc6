package io.mesosiam.controller.start;

import static java.util.Locale.ROOT;

import io.mesosiam.api.Loopback;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Checks the addresses in settings: listening addresses are free, and URLs have the required form. */
final class AddressChecks {
    private static final String MASTERS = "mesos-iam.mesos.masters";
    private static final List<String> ENDPOINTS = List.of(
            "mesos-iam.sts.endpoint",
            "mesos-iam.revoke.endpoint",
            "mesos-iam.enrol.ec2.endpoint",
            "mesos-iam.trace.endpoint");

    private static final List<String> LISTENERS =
            List.of("mesos-iam.channel", "mesos-iam.enrol", "quarkus.http", "quarkus.management");

    private AddressChecks() {}

    static List<StartProblem> problems(Settings settings) {
        List<StartProblem> problems = new ArrayList<>();
        masters(settings, problems);
        ENDPOINTS.forEach(setting ->
                urls(settings, setting).forEach(text -> url(setting, text).ifPresent(problems::add)));
        listener(settings, "mesos-iam.channel.host", "mesos-iam.channel.port").ifPresent(problems::add);
        if (enrols(settings)) {
            listener(settings, "mesos-iam.enrol.host", "mesos-iam.enrol.port").ifPresent(problems::add);
        }
        if (settings.value("mesos-iam.api.plain-http", Boolean.class).orElse(false)) {
            loopback(settings, "quarkus.http.host").ifPresent(problems::add);
        }
        for (String prefix : List.of("quarkus.http", "quarkus.management")) {
            number(settings, prefix + ".port").ifPresent(problems::add);
            listener(settings, prefix + ".host", prefix + ".port").ifPresent(problems::add);
        }
        problems.addAll(shared(settings));
        return problems;
    }

    /** Findings that do not prevent the start. Called without problems. */
    static List<StartProblem> warnings(Settings settings) {
        return urls(settings, MASTERS).stream()
                .map(String::strip)
                .filter(text -> "http".equalsIgnoreCase(URI.create(text).getScheme()))
                .filter(text -> !Loopback.isListenable(URI.create(text).getHost()))
                .map(text -> StartProblem.surroundings(
                        MASTERS,
                        text,
                        "is read over plain HTTP: a network neighbour can answer in its place, and so decide which task gets"
                                + " which IAM role",
                        "Use https://, and set mesos-iam.mesos.ca-file"))
                .toList();
    }

    /** Whether the enrolment port can be open. */
    private static boolean enrols(Settings settings) {
        return settings.value("mesos-iam.enrol.enabled", Boolean.class)
                .orElse(settings.text("mesos-iam.enrol.key-file").isPresent());
    }

    private static void masters(Settings settings, List<StartProblem> problems) {
        List<String> texts = urls(settings, MASTERS);
        Set<String> places = new HashSet<>();
        for (String text : texts) {
            if (text.isBlank()) {
                problems.add(StartProblem.setting(
                        MASTERS, text, "has a comma without a URL on each side", "Remove the comma"));
                continue;
            }
            Optional<StartProblem> problem = master(MASTERS, text);
            problem.ifPresent(problems::add);
            if (problem.isEmpty() && !places.add(place(URI.create(text.strip())))) {
                problems.add(StartProblem.setting(MASTERS, text, "is listed twice", "Write each master once"));
            }
        }
    }

    /** A master's URL ends after the port: the controller appends the paths. */
    static Optional<StartProblem> master(String setting, String text) {
        return url(setting, text)
                .or(() -> isBare(URI.create(text.strip()))
                        ? Optional.empty()
                        : Optional.of(StartProblem.setting(
                                setting,
                                withoutQuery(text),
                                "has something after the port",
                                "Write http://host:port or https://host:port")));
    }

    private static boolean isBare(URI uri) {
        return uri.getRawPath().replaceFirst("^/$", "").isEmpty()
                && uri.getRawQuery() == null
                && uri.getRawFragment() == null;
    }

    private static String place(URI uri) {
        int usual = "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
        return uri.getHost().toLowerCase(ROOT) + ":" + (uri.getPort() < 0 ? usual : uri.getPort());
    }

    /** A listening address of the controller; each needs a different port. */
    private record Listener(String portSetting, int port, InetAddress address) {
        static Optional<Listener> of(Settings settings, String prefix) {
            int port = settings.value(prefix + ".port", Integer.class).orElse(0);
            try {
                InetAddress address =
                        InetAddress.getByName(settings.text(prefix + ".host").orElse(""));
                // for 0 the system chooses a free one
                return port == 0 ? Optional.empty() : Optional.of(new Listener(prefix + ".port", port, address));
            } catch (UnknownHostException e) {
                return Optional.empty();
            }
        }

        boolean collides(Listener other) {
            return port == other.port
                    && (address.isAnyLocalAddress()
                            || other.address.isAnyLocalAddress()
                            || address.equals(other.address));
        }
    }

    private static List<StartProblem> shared(Settings settings) {
        List<Listener> listeners = LISTENERS.stream()
                .filter(prefix -> !prefix.equals("mesos-iam.enrol") || enrols(settings))
                .flatMap(prefix -> Listener.of(settings, prefix).stream())
                .toList();
        List<StartProblem> problems = new ArrayList<>();
        for (int i = 0; i < listeners.size(); i++) {
            Listener listener = listeners.get(i);
            listeners.subList(0, i).stream()
                    .filter(listener::collides)
                    .findFirst()
                    .ifPresent(other -> problems.add(StartProblem.setting(
                            listener.portSetting(),
                            String.valueOf(listener.port()),
                            "is the port of " + other.portSetting() + ", too",
                            "Choose another port for one of them")));
        }
        return problems;
    }

    /** Plain HTTP would carry credentials over the network. Health and metrics have none. */
    private static Optional<StartProblem> loopback(Settings settings, String setting) {
        return settings.text(setting)
                .filter(host -> !Loopback.isListenable(host))
                .map(host -> StartProblem.setting(
                        setting,
                        host,
                        "is not loopback, and mesos-iam.api.plain-http is true",
                        "Write 127.0.0.1, ::1 or localhost, or remove mesos-iam.api.plain-http"));
    }

    private static Optional<StartProblem> number(Settings settings, String setting) {
        return settings.text(setting)
                .filter(text -> settings.value(setting, Integer.class).isEmpty())
                .map(text -> StartProblem.setting(setting, text, "is no port", "Write a number from 0 to 65535"));
    }

    /** A text with an @ is not split: it may be behind a password with commas, of which no part is shown. */
    private static List<String> urls(Settings settings, String name) {
        return settings.text(name)
                .map(text -> text.contains("@") ? List.of(text) : List.of(text.split("\\s*,\\s*", -1)))
                .orElse(List.of());
    }

    static Optional<StartProblem> url(String setting, String text) {
        Optional<URI> server = parsed(text).filter(AddressChecks::isServer);
        if (text.contains("@")
                && server.filter(uri -> uri.getRawUserInfo() == null).isEmpty()) {
            return Optional.of(withUser(setting));
        }
        return server.isPresent()
                ? Optional.empty()
                : Optional.of(StartProblem.setting(
                        setting,
                        withoutQuery(text),
                        "is no http or https URL",
                        "Write http://host:port or https://host:port"));
    }

    /** The problem of a URL with a user: the text is not shown, since it may hold a password. */
    static StartProblem withUser(String setting) {
        return new StartProblem(
                StartProblem.Kind.SETTING,
                setting,
                Optional.empty(),
                "a URL with a user name or a password in it",
                "Set the principal and the secret file instead");
    }

    /** A query may hold a secret. */
    private static String withoutQuery(String text) {
        return text.replaceFirst("[?#].*$", "?…");
    }

    private static Optional<URI> parsed(String text) {
        try {
            return Optional.of(URI.create(text.strip()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static boolean isServer(URI uri) {
        boolean http = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
        return http && uri.getHost() != null && uri.getPort() != 0 && uri.getPort() <= 65535;
    }

    private static Optional<StartProblem> listener(Settings settings, String hostSetting, String portSetting) {
        String host = settings.text(hostSetting).orElse("");
        int port = settings.value(portSetting, Integer.class).orElse(0);
        if (port < 0 || port > 65535) {
            return Optional.of(StartProblem.setting(
                    portSetting, String.valueOf(port), "is no port", "Write a number from 0 to 65535"));
        }
        InetAddress address;
        try {
            address = InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            return Optional.of(StartProblem.setting(
                    hostSetting, host, "can't be resolved to an address", "Write an address of this host"));
        }
        try (ServerSocket probe = new ServerSocket()) {
            // bind like the server: a port whose last connections are still closing counts as free
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(address, port));
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(
                    String.valueOf(e.getMessage()).contains("assign")
                            ? StartProblem.setting(
                                    hostSetting, host, "is no address of this host", "Write an address of this host")
                            : StartProblem.surroundings(
                                    portSetting,
                                    String.valueOf(port),
                                    "can't be listened on at " + host + " (" + e.getMessage() + ")",
                                    "Choose a free port, or end the program that has it"));
        }
    }
}
