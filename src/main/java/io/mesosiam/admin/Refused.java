package io.mesosiam.admin;

import java.util.List;
import java.util.Optional;

/** Why a write did not happen. Nothing of its transaction is stored. */
public sealed interface Refused {
    /**
     * One wrong field of an object, with what it must be.
     *
     * @param field the field's name in JSON; empty if the fault concerns no single field
     */
    record Fault(String field, String message) {}

    /** The object is not valid. */
    record Invalid(List<Fault> faults) implements Refused {
        public Invalid {
            faults = List.copyOf(faults);
        }
    }

    /**
     * There is no such object.
     *
     * @param object the object that the request names: {@code policy nightly in namespace /data}
     */
    record NotFound(String object) implements Refused {}

    /**
     * The precondition does not hold.
     *
     * @param current the tag of the stored version; empty if the object does not exist
     */
    record PreconditionFailed(Optional<String> current) implements Refused {}

    /** Another request changed the same object at the same time; the same request can succeed later. */
    record LostRace() implements Refused {}

    /**
     * Another object does not permit it.
     *
     * @param demand the condition, from the comment on the constraint
     */
    record Conflict(String demand) implements Refused {}

    /** Another change of the same transaction is refused. */
    record WithOthers() implements Refused {}

    /** The database user may not do this. */
    record NotPermitted() implements Refused {}
}
