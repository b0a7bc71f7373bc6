package io.mesosiam.enrol;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.enrol.authority.HostName;
import io.mesosiam.enrol.ec2.DescribedInstance;
import io.mesosiam.enrol.ec2.InstanceConditions;
import io.mesosiam.enrol.ec2.InstanceIdentity;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InstanceRuleTest {
    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
    private static final InstanceIdentity IDENTITY = new InstanceIdentity(
            "111122223333", "eu-central-1", "i-0123456789abcdef0", "ami-1", "eu-central-1a", "10.0.0.5", START);

    @ParameterizedTest(name = "{0}")
    @CsvSource(nullValues = "none", delimiter = '|', textBlock = """
            primary address                       | 111122223333 | 10.0.0.5    | none     | none
            another account                       | 999999999999 | 10.0.0.5    | none     | INSTANCE_ACCOUNT
            address of another host               | 111122223333 | 10.0.0.6    | none     | INSTANCE_ADDRESS
            another address, known since it enrolled | 111122223333 | 10.0.0.6 | 10.0.0.6 | none
            IPv6 is EC2's to say                  | 111122223333 | 2001:db8::1 | none     | none
            """)
    void documentFromElsewhereCausesNoCall(String row, String allowed, String address, String known, String expected) {
        assertThat(InstanceRule.beforeTheCall(
                                conditions(Map.of("accounts", allowed)),
                                IDENTITY,
                                name(address),
                                Optional.ofNullable(known).map(Set::of).orElse(Set.of()))
                        .map(Refusal::name)
                        .orElse(null))
                .as(row)
                .isEqualTo(expected);
    }

    /** Each row changes one thing of an instance, of the request, or of the settings. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(nullValues = "none", delimiter = '|', textBlock = """
            nothing                              | none                         | none
            stopped                              | state=stopped                | INSTANCE_STATE
            stopping                             | state=stopping               | INSTANCE_STATE
            pending                              | state=pending                | INSTANCE_STATE
            shutting down                        | state=shutting-down          | INSTANCE_STATE
            terminated                           | state=terminated             | INSTANCE_TERMINATED
            another account                      | account=999999999999         | INSTANCE_DOCUMENT
            another image than in the document   | image=ami-2                  | INSTANCE_DOCUMENT
            another address than in the document | privateIp=10.0.0.9           | INSTANCE_DOCUMENT
            start a minute later                 | launched=60                  | none
            start two minutes later              | launched=120                 | none
            start over two minutes later         | launched=121                 | INSTANCE_EARLIER_START
            start over two minutes earlier       | launched=-121                | INSTANCE_EARLIER_START
            started an hour ago, two are allowed | within=7200                  | none
            started an hour ago, exactly allowed | within=3600                  | none
            started too long ago                 | within=3599                  | INSTANCE_LAUNCH
            VPC that is allowed                  | vpcs=vpc-1                   | none
            another VPC                          | vpcs=vpc-2                   | INSTANCE_VPC
            subnet that is allowed               | subnets=subnet-1             | none
            another subnet                       | subnets=subnet-2             | INSTANCE_SUBNET
            image that is allowed                | images=ami-1                 | none
            another image                        | images=ami-2                 | INSTANCE_IMAGE
            tag that is there                    | tags=team:data               | none
            tag with another value               | tags=team:web                | INSTANCE_TAG
            tag that is missing                  | tags=cluster:prod            | INSTANCE_TAG
            request from a second interface      | address=10.0.1.5             | none
            request over IPv6                    | address=2001:db8:0:0:0:0:0:5 | none
            request from elsewhere               | address=10.0.0.6             | INSTANCE_ADDRESS
            request from another IPv6 address    | address=2001:db8::6          | INSTANCE_ADDRESS
            name is the private DNS name, written in another way | name=IP-10-0-0-5.EU-central-1.compute.internal. | none
            name is its address                  | name=10.0.0.5                | none
            name is its second address           | name=10.0.1.5                | none
            name is its IPv6 address             | name=2001:db8::5             | none
            name is another's address            | name=10.0.0.6                | INSTANCE_HOSTNAME
            name is another                      | name=web-1.example           | INSTANCE_HOSTNAME
            name is in a tag that doesn't count  | name=web-7.example           | INSTANCE_HOSTNAME
            name is in the tag for it            | name=web-7.example hostnameTag=host | none
            another name than in the tag for it  | name=web-8.example hostnameTag=host | INSTANCE_HOSTNAME
            private DNS name although there is a tag | hostnameTag=host         | none
            """)
    void instanceThatFailsAConditionIsRefusedWithIt(String row, String changes, String expected) {
        Map<String, String> changed = new HashMap<>();
        if (changes != null) {
            for (String change : changes.split(" ", -1)) {
                changed.put(change.substring(0, change.indexOf('=')), change.substring(change.indexOf('=') + 1));
            }
        }
        assertThat(InstanceRule.afterTheCall(
                                conditions(changed),
                                IDENTITY,
                                described(changed),
                                name(changed.getOrDefault("name", "ip-10-0-0-5.eu-central-1.compute.internal")),
                                name(changed.getOrDefault("address", "10.0.0.5")),
                                START.plus(Duration.ofHours(1)))
                        .map(Refusal::name)
                        .orElse(null))
                .as(row)
                .isEqualTo(expected);
    }

    private static DescribedInstance described(Map<String, String> changed) {
        return new DescribedInstance(
                changed.getOrDefault("account", "111122223333"),
                "i-0123456789abcdef0",
                changed.getOrDefault("state", "running"),
                changed.getOrDefault("image", "ami-1"),
                "vpc-1",
                "subnet-1",
                START.plusSeconds(Long.parseLong(changed.getOrDefault("launched", "0"))),
                changed.getOrDefault("privateIp", "10.0.0.5"),
                Set.of("10.0.0.5", "10.0.1.5", "2001:db8:0:0:0:0:0:5"),
                Optional.of("ip-10-0-0-5.eu-central-1.compute.internal"),
                Map.of("team", "data", "host", "web-7.example"));
    }

    private static InstanceConditions conditions(Map<String, String> changed) {
        return new InstanceConditions(
                Map.of(changed.getOrDefault("accounts", "111122223333"), Optional.empty()),
                set(changed.get("vpcs")),
                set(changed.get("subnets")),
                set(changed.get("images")),
                Optional.ofNullable(changed.get("tags"))
                        .map(tag -> Map.of(tag.substring(0, tag.indexOf(':')), tag.substring(tag.indexOf(':') + 1)))
                        .orElse(Map.of()),
                Optional.ofNullable(changed.get("within")).map(Long::parseLong).map(Duration::ofSeconds),
                Optional.ofNullable(changed.get("hostnameTag")));
    }

    private static Set<String> set(String value) {
        return value == null ? Set.of() : Set.of(value);
    }

    private static HostName name(String text) {
        return HostName.of(text).orElseThrow();
    }
}
