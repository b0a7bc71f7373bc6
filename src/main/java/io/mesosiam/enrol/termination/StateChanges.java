package io.mesosiam.enrol.termination;

import io.mesosiam.enrol.ec2.DescribedInstance;
import io.mesosiam.enrol.ec2.InstanceCalls.Place;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** What changes by an answer of EC2. Pure. */
final class StateChanges {
    /** EC2 doesn't know the instance. It forgets a terminated one after about an hour. */
    static final String UNKNOWN = "unknown";

    private StateChanges() {}

    /**
     * An instance that has enrolled.
     *
     * @param id of its row
     * @param state that EC2 stated last, or {@link #UNKNOWN}
     */
    record Enrolled(UUID id, Place place, String instanceId, String hostname, String state) {}

    /** Another state of an instance. */
    record Change(Enrolled instance, String state) {
        boolean isTermination() {
            return state.equals(DescribedInstance.TERMINATED);
        }
    }

    /**
     * The instances whose state is another one. A missing instance becomes unknown, which ends nothing.
     *
     * @param described by instance id
     */
    static List<Change> of(List<Enrolled> asked, Map<String, DescribedInstance> described) {
        return asked.stream()
                .map(each -> new Change(
                        each,
                        Optional.ofNullable(described.get(each.instanceId()))
                                .map(DescribedInstance::state)
                                .orElse(UNKNOWN)))
                .filter(change -> !change.state().equals(change.instance().state()))
                .toList();
    }
}
