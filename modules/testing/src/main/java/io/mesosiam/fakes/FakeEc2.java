package io.mesosiam.fakes;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * An EC2 that knows DescribeInstances with the filter {@code instance-id}: the query protocol of API version 2016-11-15, XML as EC2 answers it. One serves
 * all regions: a request is for the region that it is signed for. A test can put another answer in place of the next ones.
 */
public final class FakeEc2 implements AutoCloseable {
    private static final Pattern SIGNED_FOR = Pattern.compile("Credential=[^/]+/[0-9]+/([a-z0-9-]+)/ec2/aws4_request");
    private static final String ROOT = "<DescribeInstancesResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Instance> instances = new ConcurrentHashMap<>();
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private volatile Optional<Answer> instead = Optional.empty();

    private FakeEc2(HttpServer server) {
        this.server = server;
    }

    /** An instance. */
    public record Instance(
            String account,
            String region,
            String id,
            String state,
            String image,
            String vpc,
            String subnet,
            Instant launched,
            String privateIp,
            List<String> moreAddresses,
            String privateDnsName,
            Map<String, String> tags) {
        /** A running one on loopback, which started an hour ago. */
        public static Instance running(String id, String privateDnsName) {
            return new Instance(
                    "111122223333",
                    "eu-central-1",
                    id,
                    "running",
                    "ami-0123456789abcdef0",
                    "vpc-1",
                    "subnet-1",
                    Instant.ofEpochSecond(Instant.now().getEpochSecond() - 3600),
                    "127.0.0.1",
                    List.of(),
                    privateDnsName,
                    Map.of("Name", "web"));
        }

        public Instance in(String another) {
            return new Instance(
                    account,
                    region,
                    id,
                    another,
                    image,
                    vpc,
                    subnet,
                    launched,
                    privateIp,
                    moreAddresses,
                    privateDnsName,
                    tags);
        }

        public Instance launchedAt(Instant when) {
            return new Instance(
                    account,
                    region,
                    id,
                    state,
                    image,
                    vpc,
                    subnet,
                    when,
                    privateIp,
                    moreAddresses,
                    privateDnsName,
                    tags);
        }

        public Instance at(String address, List<String> more) {
            return new Instance(
                    account, region, id, state, image, vpc, subnet, launched, address, more, privateDnsName, tags);
        }

        String xml() {
            String more = moreAddresses.stream()
                    .filter(each -> !each.contains(":"))
                    .map(each ->
                            "<item><privateIpAddress>" + each + "</privateIpAddress><primary>false</primary></item>")
                    .collect(Collectors.joining());
            String six = moreAddresses.stream()
                    .filter(each -> each.contains(":"))
                    .map(each -> "<item><ipv6Address>" + each + "</ipv6Address></item>")
                    .collect(Collectors.joining());
            String tagged = tags.entrySet().stream()
                    .map(tag -> "<item><key>" + tag.getKey() + "</key><value>" + tag.getValue() + "</value></item>")
                    .collect(Collectors.joining());
            return "<item><reservationId>r-1</reservationId><ownerId>" + account
                    + "</ownerId><groupSet/><instancesSet><item>"
                    + "<instanceId>" + id + "</instanceId><imageId>" + image + "</imageId>"
                    + "<instanceState><code>16</code><name>" + state + "</name></instanceState>"
                    + "<privateDnsName>" + privateDnsName + "</privateDnsName><dnsName/>"
                    + "<launchTime>" + launched + "</launchTime><placement><availabilityZone>" + region
                    + "a</availabilityZone></placement>"
                    + "<subnetId>" + subnet + "</subnetId><vpcId>" + vpc + "</vpcId><privateIpAddress>" + privateIp
                    + "</privateIpAddress><networkInterfaceSet><item><networkInterfaceId>eni-1</networkInterfaceId><ipv6AddressesSet>"
                    + six + "</ipv6AddressesSet><privateIpAddressesSet><item><privateIpAddress>" + privateIp
                    + "</privateIpAddress><primary>true</primary></item>" + more
                    + "</privateIpAddressesSet></item></networkInterfaceSet><tagSet>" + tagged
                    + "</tagSet></item></instancesSet></item>";
        }
    }

    /** A request. */
    public record Call(String region, Map<String, String> parameters) {
        /** The instances that it asks for. */
        public List<String> ids() {
            return parameters.entrySet().stream()
                    .filter(each -> each.getKey().startsWith("Filter.1.Value."))
                    .map(Map.Entry::getValue)
                    .toList();
        }
    }

    /** What the server sends: a status and a body, after a pause. */
    public record Reply(int status, String body, Duration after) {
        public static Reply of(int status, String body) {
            return new Reply(status, body, Duration.ZERO);
        }

        /** An error of EC2. */
        public static Reply error(int status, String code) {
            return of(
                    status,
                    "<Response><Errors><Error><Code>" + code + "</Code><Message>of the fake</Message></Error></Errors>"
                            + "<RequestID>1</RequestID></Response>");
        }

        /** One page. */
        public static Reply page(List<Instance> instances, String nextToken) {
            return of(
                    200,
                    ROOT + "<requestId>1</requestId><reservationSet>"
                            + instances.stream().map(Instance::xml).collect(Collectors.joining()) + "</reservationSet>"
                            + (nextToken.isEmpty() ? "" : "<nextToken>" + nextToken + "</nextToken>")
                            + "</DescribeInstancesResponse>");
        }
    }

    /** Answers in place of the server's own. */
    public interface Answer {
        Reply to(Call call);
    }

    public static FakeEc2 start() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            FakeEc2 ec2 = new FakeEc2(server);
            server.createContext("/", ec2::handle);
            server.setExecutor(ec2.threads);
            server.start();
            return ec2;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Adds the instance, or puts it in place of the one with its id. */
    public Instance put(Instance instance) {
        instances.put(instance.id(), instance);
        return instance;
    }

    public void forget(String id) {
        instances.remove(id);
    }

    /** Answers further requests with these; empty for its own answers. */
    public void instead(Optional<Answer> answer) {
        instead = answer;
    }

    public List<Call> calls() {
        return List.copyOf(calls);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Call call = call(exchange);
            calls.add(call);
            Reply reply = instead.map(answer -> answer.to(call)).orElseGet(() -> own(call));
            Thread.sleep(reply.after());
            byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/xml;charset=UTF-8");
            exchange.sendResponseHeaders(reply.status(), body.length);
            exchange.getResponseBody().write(body);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Reply own(Call call) {
        if (!"DescribeInstances".equals(call.parameters().get("Action"))
                || !"instance-id".equals(call.parameters().get("Filter.1.Name"))) {
            return Reply.error(400, "InvalidAction");
        }
        return Reply.page(
                call.ids().stream()
                        .flatMap(id -> Optional.ofNullable(instances.get(id)).stream())
                        .filter(instance -> instance.region().equals(call.region()))
                        .toList(),
                "");
    }

    private static Call call(HttpExchange exchange) throws IOException {
        Matcher signed =
                SIGNED_FOR.matcher(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
        Map<String, String> parameters = new TreeMap<>();
        for (String pair :
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8).split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                parameters.put(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
            }
        }
        return new Call(signed.find() ? signed.group(1) : "", parameters);
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
