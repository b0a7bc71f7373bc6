package io.mesosiam.agent.serve;

import static io.mesosiam.agent.serve.TestEndpoint.ROLE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mesosiam.agent.serve.InstanceMetadata.Fact;
import io.mesosiam.pause.Deadline;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.Test;

class IdentityDocumentTest {
    private static final Map<String, String> FACTS = Map.of(
            "placement/region", "eu-west-1",
            "placement/availability-zone", "eu-west-1a",
            "instance-id", "i-0123456789abcdef0",
            "instance-type", "odd\"value",
            "iam/info", "the host's role");

    private final Set<String> fetched = new ConcurrentSkipListSet<>();

    @Test
    void documentHasTheReadableFactsAndTheAccountOfTheTasksRole() throws Exception {
        Fact document = read(
                Set.of("placement/region", "placement/availability-zone", "instance-id", "instance-type"),
                Optional.of(ROLE));

        assertThat(fields(document))
                .isEqualTo(Map.of(
                        "region", "eu-west-1",
                        "availabilityZone", "eu-west-1a",
                        "instanceId", "i-0123456789abcdef0",
                        "instanceType", "odd\"value",
                        "accountId", "123456789012",
                        "version", "2017-09-30"));
    }

    @Test
    void unreadableFactIsNeitherFetchedNorIncluded() throws Exception {
        assertThat(fields(read(Set.of("placement/region"), Optional.empty())))
                .isEqualTo(Map.of("region", "eu-west-1", "version", "2017-09-30"));
        assertThat(fetched).containsExactly("placement/region");
    }

    @Test
    void noDocumentWithoutReadableFacts() throws Exception {
        assertThat(read(Set.of("hostname"), Optional.of(ROLE))).isInstanceOf(Fact.Missing.class);
    }

    @Test
    void documentIsUnknownUntilAllFactsAreKnown() throws Exception {
        assertThat(read(Set.of("placement/region", "local-ipv4"), Optional.of(ROLE)))
                .isInstanceOf(Fact.Unknown.class);
    }

    private Fact read(Set<String> allowed, Optional<String> role) throws InterruptedException {
        InstanceMetadata metadata = new InstanceMetadata(allowed, this::fetch, System::nanoTime);
        return new IdentityDocument().read(metadata, role, Deadline.in(Duration.ofMinutes(1)));
    }

    private Fact fetch(String path) {
        fetched.add(path);
        String fact = FACTS.get(path);
        return fact == null ? new Fact.Unknown("no answer") : new Fact.Known(fact);
    }

    private static Map<?, ?> fields(Fact fact) throws Exception {
        assertThat(fact).isInstanceOf(Fact.Known.class);
        return new ObjectMapper().readValue(((Fact.Known) fact).text(), Map.class);
    }
}
