package io.mesosiam.mesos;

/**
 * One start of a task. Task ids can be used again, so the key alone names no run of it.
 *
 * @param sequence 1 for the first run of this key that was seen, one more for each later one
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
