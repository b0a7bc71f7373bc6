package io.mesosiam.enrol;

import io.mesosiam.enrol.authority.HostName;
import io.mesosiam.enrol.ec2.DescribedInstance;
import io.mesosiam.enrol.ec2.InstanceConditions;
import io.mesosiam.enrol.ec2.InstanceIdentity;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Which condition an instance fails first, before EC2 is asked and after it has answered. Pure. */
final class InstanceRule {
    /** The document has whole seconds, and EC2 may note the start a little earlier or later. */
    static final Duration SAME_START = Duration.ofMinutes(2);

    private InstanceRule() {}

    /**
     * The conditions that need no answer of EC2, so that a document from elsewhere causes no call. IPv6 addresses are not in the
     * document: EC2 must say them.
     *
     * @param known the addresses of the instance when it enrolled last
     */
    static Optional<Refusal> beforeTheCall(
            InstanceConditions conditions, InstanceIdentity identity, HostName address, Set<String> known) {
        if (!conditions.accounts().containsKey(identity.accountId())) {
            return Optional.of(Refusal.INSTANCE_ACCOUNT);
        }
        boolean own = address.text().contains(":")
                || address.text().equals(identity.privateIp())
                || known.contains(address.text());
        return own ? Optional.empty() : Optional.of(Refusal.INSTANCE_ADDRESS);
    }

    /** @param address where the request came from */
    static Optional<Refusal> afterTheCall(
            InstanceConditions conditions,
            InstanceIdentity identity,
            DescribedInstance described,
            HostName name,
            HostName address,
            Instant now) {
        return Stream.of(
                        when(described.state().equals(DescribedInstance.TERMINATED), Refusal.INSTANCE_TERMINATED),
                        when(!described.state().equals(DescribedInstance.RUNNING), Refusal.INSTANCE_STATE),
                        when(!agree(identity, described), Refusal.INSTANCE_DOCUMENT),
                        when(!isSameStart(identity, described), Refusal.INSTANCE_EARLIER_START),
                        when(isTooOld(conditions, described, now), Refusal.INSTANCE_LAUNCH),
                        when(isOther(conditions.vpcs(), described.vpc()), Refusal.INSTANCE_VPC),
                        when(isOther(conditions.subnets(), described.subnet()), Refusal.INSTANCE_SUBNET),
                        when(isOther(conditions.images(), described.imageId()), Refusal.INSTANCE_IMAGE),
                        when(!hasTags(conditions.tags(), described.tags()), Refusal.INSTANCE_TAG),
                        when(!described.addresses().contains(address.text()), Refusal.INSTANCE_ADDRESS),
                        when(!isNamed(conditions, described, name), Refusal.INSTANCE_HOSTNAME))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<Refusal> when(boolean failed, Refusal why) {
        return failed ? Optional.of(why) : Optional.empty();
    }

    private static boolean agree(InstanceIdentity identity, DescribedInstance described) {
        return identity.accountId().equals(described.account())
                && identity.instanceId().equals(described.instanceId())
                && identity.imageId().equals(described.imageId())
                && identity.privateIp().equals(described.privateIp());
    }

    private static boolean isSameStart(InstanceIdentity identity, DescribedInstance described) {
        return Duration.between(identity.pendingTime(), described.launchedAt())
                        .abs()
                        .compareTo(SAME_START)
                <= 0;
    }

    private static boolean isTooOld(InstanceConditions conditions, DescribedInstance described, Instant now) {
        return conditions
                .launchedWithin()
                .filter(longest -> now.isAfter(described.launchedAt().plus(longest)))
                .isPresent();
    }

    private static boolean isOther(Set<String> allowed, String value) {
        return !allowed.isEmpty() && !allowed.contains(value);
    }

    private static boolean hasTags(Map<String, String> required, Map<String, String> tags) {
        return tags.entrySet().containsAll(required.entrySet());
    }

    private static boolean isNamed(InstanceConditions conditions, DescribedInstance described, HostName name) {
        Optional<String> tagged = conditions
                .hostnameTag()
                .flatMap(tag -> Optional.ofNullable(described.tags().get(tag)));
        return (name.isAddress() && described.addresses().contains(name.text()))
                || Stream.concat(described.privateDnsName().stream(), tagged.stream())
                        .flatMap(text -> HostName.of(text).stream())
                        .anyMatch(name::equals);
    }
}
