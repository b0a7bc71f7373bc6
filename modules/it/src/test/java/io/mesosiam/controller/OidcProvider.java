package io.mesosiam.controller;

import io.mesosiam.fakes.TimeLimit;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;

/** The OpenID Connect provider {@code src/test/oidc}, npm's oidc-provider, as a process. */
final class OidcProvider implements AutoCloseable {
    static final String CLIENT = "mesos-iam";
    static final String SECRET = "a-client-secret-of-a-test-long-enough";
    private static final Path SOURCES = Path.of("modules/it/src/test/oidc");
    private static final Pattern ACCESS_TOKEN = Pattern.compile("\"access_token\":\"([^\"]+)\"");

    private final Process process;
    private final URI issuer;

    private OidcProvider(Process process, URI issuer) {
        this.process = process;
        this.issuer = issuer;
    }

    /** Installs the provider's packages into a directory; skips the test, saying why, where that is not possible. */
    static void install(Path directory) throws IOException, InterruptedException {
        Assumptions.assumeTrue(
                isThere("node", "-e", "process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)"),
                "skipped: no node of version 20 or newer, so no OpenID Connect provider to test with");
        for (String file : List.of("package.json", "package-lock.json", "provider.js")) {
            Files.copy(SOURCES.resolve(file), directory.resolve(file));
        }
        Process npm = new ProcessBuilder("npm", "ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts")
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("npm.log").toFile())
                .start();
        boolean ended = npm.waitFor(TimeLimit.seconds(120).toSeconds(), TimeUnit.SECONDS);
        npm.destroyForcibly();
        Assumptions.assumeTrue(
                ended && npm.exitValue() == 0,
                () -> "skipped: npm can't install the OpenID Connect provider: " + log(directory));
    }

    /** Starts the provider; {@link #install} was called for the directory. */
    static OidcProvider start(Path directory, int port, URI callback) throws IOException {
        Process process = new ProcessBuilder("node", "provider.js", String.valueOf(port), callback.toString())
                .directory(directory.toFile())
                .redirectError(directory.resolve("provider.log").toFile())
                .start();
        try {
            BufferedReader printed = process.inputReader(StandardCharsets.UTF_8);
            String line = printed.readLine();
            if (line == null) {
                throw new IOException("the provider does not start");
            }
            return new OidcProvider(process, URI.create(line));
        } catch (IOException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    URI issuer() {
        return issuer;
    }

    /** An access token for an audience, with one group. */
    String accessToken(String audience, String group) throws IOException, InterruptedException {
        return accessToken(audience, "X-Groups", group);
    }

    /** An access token of a person, with one group and the claim {@code email}. */
    String accessTokenOf(String email, String audience, String group) throws IOException, InterruptedException {
        return accessToken(audience, "X-Groups", group, "X-Email", email, "X-TTL", "3600");
    }

    /** An access token for an audience, in which the groups are a text instead of a list. */
    String accessTokenWithText(String audience, String groups) throws IOException, InterruptedException {
        return accessToken(audience, "X-Groups-Text", groups);
    }

    private String accessToken(String audience, String... headers) throws IOException, InterruptedException {
        String basic = Base64.getEncoder().encodeToString((CLIENT + ":" + SECRET).getBytes(StandardCharsets.UTF_8));
        HttpRequest request = HttpRequest.newBuilder(issuer.resolve("/token"))
                .timeout(TimeLimit.seconds(20))
                .header("Authorization", "Basic " + basic)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .headers(headers)
                .POST(BodyPublishers.ofString("grant_type=client_credentials&scope=api&resource="
                        + URLEncoder.encode("urn:" + audience, StandardCharsets.UTF_8)))
                .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            String answer = http.send(request, BodyHandlers.ofString()).body();
            Matcher token = ACCESS_TOKEN.matcher(answer);
            if (!token.find()) {
                throw new IOException("no token: " + answer);
            }
            return token.group(1);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private static boolean isThere(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static String log(Path directory) {
        try {
            return Files.readString(directory.resolve("npm.log"));
        } catch (IOException e) {
            return e.toString();
        }
    }
}
