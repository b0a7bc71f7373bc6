package io.mesosiam.turns;

/**
 * Whose turn is next, of urgent and of routine work: urgent work comes first, and routine work has every fourth turn while it
 * waits, so that it is never held back without end. Not safe for several threads.
 */
public final class FourthTurn {
    private static final int MOST_URGENT_IN_A_ROW = 3;

    /** The urgent turns since the last routine one, while routine work waited. */
    private int urgentInARow;

    /**
     * {@return whether the next turn is one of urgent work}
     *
     * @param urgentWaits whether there is any
     * @param routineWaits whether there is routine work
     */
    public boolean isUrgent(boolean urgentWaits, boolean routineWaits) {
        return urgentWaits && (!routineWaits || urgentInARow < MOST_URGENT_IN_A_ROW);
    }

    /**
     * Records a turn that was taken.
     *
     * @param urgent whether it was one of urgent work
     * @param routineWaits whether routine work waits
     */
    public void taken(boolean urgent, boolean routineWaits) {
        urgentInARow = urgent && routineWaits ? urgentInARow + 1 : 0;
    }
}
