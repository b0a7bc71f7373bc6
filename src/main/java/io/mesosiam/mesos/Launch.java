package io.mesosiam.mesos;

/**
 * One start of a task. Task ids can be reused, so the key alone does not identify a run.
 *
 * @param sequence 1 for the first known run of this key, incremented for each later one
 */
public record Launch(TaskKey key, long sequence) {
    public Launch {
        if (sequence < 1) {
            throw new IllegalArgumentException("launch sequence must be positive, is " + sequence);
        }
    }

    @Override
    public String toString() {
        return key + "#" + sequence;
    }
}
