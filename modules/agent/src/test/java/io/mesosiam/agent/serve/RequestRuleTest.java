package io.mesosiam.agent.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.Request;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;

/** Requests that resemble an SDK's, compared with a separately written list of valid ones. */
class RequestRuleTest {
    private static final RequestRule RULE = new RequestRule(
            new Routes(Set.of("/v2/credentials", "/role"), Set.of("placement/region", "instance-id"), false));

    private static final String ECS_HOST = "169\\.254\\.170\\.2";
    private static final String EKS_HOST = "(169\\.254\\.170\\.23|\\[fd00:ec2::23])";
    private static final String IMDS_HOST = "(169\\.254\\.169\\.254|\\[fd00:ec2::254])";
    private static final String LOOPBACK = "(localhost|127\\.0\\.0\\.1|\\[::1])";
    private static final String NAME = "(?=[^?]{1,64}$)[a-z0-9]+(-+[a-z0-9]+)*";

    /** {@code METHOD HOST PATH-AND-QUERY} of all requests of SDKs. */
    private static final List<Pattern> OURS = List.of(
            ours("GET", ECS_HOST, "(/v2/credentials|/role)((/|\\?id=)" + NAME + ")?"),
            ours("GET", EKS_HOST, "/v1/credentials"),
            ours("PUT", IMDS_HOST, "/latest/api/token"),
            ours("GET", IMDS_HOST, "/latest/meta-data/iam/security-credentials(/|/[\\w+=,.@-]{1,64}/?)?"),
            ours(
                    "GET",
                    IMDS_HOST,
                    "/latest/(meta-data/(placement/region|instance-id)|dynamic/instance-identity/document)"));

    private static Pattern ours(String method, String host, String path) {
        return Pattern.compile(method + " ((?i)" + host + "|" + LOOPBACK + ")(:\\d{1,5})?(?-i) /*" + path);
    }

    private record Sent(URI getRequestURI, String getRequestMethod, Headers getRequestHeaders) implements Request {}

    /** A request as sent over the connection. */
    record Line(String method, String target, String protocol, List<List<String>> headers) {
        Optional<ParsedRequest> read() {
            Headers map = new Headers();
            for (List<String> header : headers) {
                map.add(header.getFirst(), header.getLast());
            }
            try {
                return Optional.of(RULE.read(new Sent(new URI(target), method, map), protocol));
            } catch (URISyntaxException e) {
                return Optional.empty();
            }
        }

        List<String> all(String name) {
            return headers.stream()
                    .filter(header -> header.getFirst().equalsIgnoreCase(name))
                    .map(List::getLast)
                    .toList();
        }

        boolean ours() {
            List<String> hosts = all("Host");
            return hosts.size() == 1
                    && Set.of("HTTP/1.1", "HTTP/1.0").contains(protocol)
                    && headers.stream()
                            .noneMatch(header -> header.getFirst().matches("(?i)x-forwarded.*|forwarded|via"))
                    && all("Transfer-Encoding").isEmpty()
                    && all("Content-Length").stream().allMatch("0"::equals)
                    && all("Content-Length").size() < 2
                    && (!method.equals("PUT") || life())
                    && OURS.stream().anyMatch(one -> one.matcher(method + " " + hosts.getFirst() + " " + target)
                            .matches());
        }

        private boolean life() {
            List<String> lives = all("X-aws-ec2-metadata-token-ttl-seconds");
            return lives.size() == 1
                    && lives.getFirst().matches("0{0,4}[1-9]\\d{0,4}")
                    && lives.getFirst().length() <= 5
                    && Integer.parseInt(lives.getFirst()) <= 21600;
        }
    }

    @Property(tries = 20_000)
    void onlySdkRequestsAreValid(@ForAll("lines") Line line) {
        Optional<ParsedRequest> parsed = line.read();

        boolean valid = parsed.isPresent() && parsed.get() instanceof ParsedRequest.Valid;

        Statistics.label("valid").collect(valid);
        assertThat(valid).as("%s", line).isEqualTo(line.ours());
    }

    @Property
    void noRequestCausesAnException(
            @ForAll String method,
            @ForAll String target,
            @ForAll String protocol,
            @ForAll("anyHeaders") List<List<String>> any) {
        assertThat(new Line(method, target, protocol, any).read()).isNotNull();
        assertThat(new Line("GET", target, "HTTP/1.1", withHost(any)).read()).isNotNull();
    }

    private static List<List<String>> withHost(List<List<String>> headers) {
        List<List<String>> all = new ArrayList<>(headers);
        all.add(List.of("Host", "localhost"));
        return all;
    }

    @Provide
    Arbitrary<Line> lines() {
        return Combinators.combine(methods(), targets(), protocols(), hosts(), moreHeaders())
                .as((method, target, protocol, hosts, more) -> {
                    List<List<String>> headers = new ArrayList<>(more);
                    hosts.forEach(host -> headers.add(List.of("Host", host)));
                    return new Line(method, target, protocol, headers);
                });
    }

    private static Arbitrary<String> methods() {
        return mostly(
                Arbitraries.of("GET", "GET", "GET", "PUT"),
                Arbitraries.of("POST", "HEAD", "get", "", "G ET", "DELETE"));
    }

    private static Arbitrary<String> protocols() {
        return mostly(Arbitraries.of("HTTP/1.1", "HTTP/1.0"), Arbitraries.of("HTTP/2", "http/1.1", "", "HTTP/1.1 "));
    }

    private static Arbitrary<List<String>> hosts() {
        Arbitrary<String> known = Arbitraries.of(
                "169.254.170.2",
                "169.254.170.23",
                "[fd00:ec2::23]",
                "169.254.169.254",
                "[fd00:ec2::254]",
                "localhost",
                "127.0.0.1",
                "[::1]",
                "LOCALHOST",
                "[FD00:EC2::23]");
        Arbitrary<String> ports =
                mostly(Arbitraries.of("", ":80", ":51679"), Arbitraries.of(":", ":123456", ":80:80", ".", " "));
        Arbitrary<String> one = mostly(
                Combinators.combine(known, ports).as(String::concat),
                Arbitraries.of("", "rebound.example", "localhost.example", "169.254.170.2.example", "[::1", "127.1"));
        return mostly(one.list().ofSize(1), one.list().ofMinSize(0).ofMaxSize(2));
    }

    private static Arbitrary<String> targets() {
        Arbitrary<String> whole = Arbitraries.of(
                "/v2/credentials",
                "/v2/credentials/reports",
                "/v2/credentials?id=reports",
                "/role/a--b",
                "/v1/credentials",
                "/latest/api/token",
                "/latest/meta-data/iam/security-credentials",
                "/latest/meta-data/iam/security-credentials/",
                "/latest/meta-data/iam/security-credentials/Role+=,.@_-9",
                "/latest/meta-data/placement/region",
                "/latest/meta-data/instance-id",
                "/latest/dynamic/instance-identity/document",
                "//v2/credentials",
                "///v1/credentials",
                "//latest/meta-data/iam/security-credentials/Role/");
        Arbitrary<String> piece = Arbitraries.of(
                "/",
                "//",
                "..",
                ".",
                "?",
                "?id=",
                "id=",
                "&",
                "#",
                "%2f",
                "%41",
                "a",
                "A",
                "-",
                "0",
                ";",
                "/v2",
                "/v1",
                "/credentials",
                "/latest",
                "/meta-data",
                "/iam",
                "/security-credentials",
                "/role",
                "http://localhost",
                "placement/region",
                "x".repeat(64),
                "\u00e4");
        Arbitrary<String> broken = Combinators.combine(
                        whole, piece, Arbitraries.integers().between(0, 80))
                .as((path, more, at) -> {
                    int split = Math.min(at, path.length());
                    return path.substring(0, split) + more + path.substring(split);
                });
        return Arbitraries.frequencyOf(
                Tuple.of(4, whole),
                Tuple.of(4, broken),
                Tuple.of(1, piece.list().ofMaxSize(6).map(parts -> String.join("", parts))));
    }

    private static Arbitrary<List<List<String>>> moreHeaders() {
        Arbitrary<List<String>> harmless = Arbitraries.of(
                List.of("Authorization", "anything"),
                List.of("Accept", "*/*"),
                List.of("Content-Length", "0"),
                List.of("X-aws-ec2-metadata-token", "token"),
                List.of("X-aws-ec2-metadata-token-ttl-seconds", "21600"),
                List.of("x-AWS-ec2-metadata-token-TTL-seconds", "00001"));
        Arbitrary<List<String>> harmful = Arbitraries.of(
                List.of("X-Forwarded-For", "10.0.0.1"),
                List.of("forwarded", "for=10.0.0.1"),
                List.of("VIA", "1.1 proxy"),
                List.of("Content-Length", "1"),
                List.of("Content-Length", "+0"),
                List.of("Transfer-Encoding", "chunked"),
                List.of("X-aws-ec2-metadata-token-ttl-seconds", "21601"),
                List.of("X-aws-ec2-metadata-token-ttl-seconds", "0"),
                List.of("X-aws-ec2-metadata-token-ttl-seconds", "-60"));
        return mostly(harmless, harmful).list().ofMaxSize(2);
    }

    private static <T> Arbitrary<T> mostly(Arbitrary<? extends T> usual, Arbitrary<? extends T> rare) {
        return Arbitraries.frequencyOf(Tuple.of(9, usual.map(value -> value)), Tuple.of(1, rare.map(value -> value)));
    }

    @Provide
    Arbitrary<List<List<String>>> anyHeaders() {
        Arbitrary<String> name = Arbitraries.strings()
                .withCharRange('!', '~')
                .excludeChars(':')
                .ofMinLength(1)
                .ofMaxLength(20);
        Arbitrary<String> value = Arbitraries.strings().withCharRange(' ', '~').ofMaxLength(40);
        return Combinators.combine(name, value)
                .as((n, v) -> List.of(n, v))
                .list()
                .ofMaxSize(5);
    }
}
