package io.mesosiam.agent.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Instructions of a program of the kernel (Documentation/bpf/standardization/instruction-set.rst), eight bytes each:
 * operation, registers, offset, number. Only those that the agent's programs need, for machines that store the lower byte
 * first.
 */
public final class Instructions {
    private static final int LOAD_WORD = 0x61;
    private static final int LOAD_LONG = 0x79;
    private static final int STORE_LONG = 0x7b;
    private static final int LOAD_MAP = 0x18;
    private static final int ADD = 0x07;
    private static final int ADD_REGISTER = 0x0f;
    private static final int SUBTRACT_REGISTER = 0x1f;
    private static final int MOVE_NUMBER = 0xb7;
    private static final int MOVE = 0xbf;
    private static final int JUMP_UNLESS_EQUAL = 0x55;
    private static final int JUMP_UNLESS_WORD_EQUAL = 0x56;
    private static final int JUMP_UNLESS_SAME = 0x5d;
    private static final int JUMP_IF_EQUAL = 0x15;
    private static final int JUMP_UNLESS_GREATER = 0xb5;
    private static final int JUMP_UNLESS_GREATER_THAN_REGISTER = 0xbd;
    private static final int ADD_ATOMICALLY = 0xdb;
    private static final int CALL = 0x85;
    private static final int EXIT = 0x95;

    /** In the place of a source register: the number is the descriptor of a map. */
    private static final int MAP_DESCRIPTOR = 1;

    private final List<Long> code = new ArrayList<>();

    /** A register that the agent's programs use. */
    public enum Register {
        /** The result of a call, and of the program. */
        R0(0),
        R1(1),
        R2(2),
        R3(3),
        R4(4),
        /** Kept over calls, as the next two. */
        R6(6),
        R7(7),
        R8(8),
        STACK_END(10);

        private final int number;

        Register(int number) {
            this.number = number;
        }
    }

    /** Loads four bytes, as a number that is not negative. */
    public Instructions loadWord(Register to, Register from, int offset) {
        return add(LOAD_WORD, to.number, from.number, offset, 0);
    }

    public Instructions loadLong(Register to, Register from, int offset) {
        return add(LOAD_LONG, to.number, from.number, offset, 0);
    }

    public Instructions storeLong(Register to, int offset, Register from) {
        return add(STORE_LONG, to.number, from.number, offset, 0);
    }

    public Instructions move(Register to, Register from) {
        return add(MOVE, to.number, from.number, 0, 0);
    }

    public Instructions move(Register to, int number) {
        return add(MOVE_NUMBER, to.number, 0, 0, number);
    }

    public Instructions add(Register to, int number) {
        return add(ADD, to.number, 0, 0, number);
    }

    public Instructions add(Register to, Register other) {
        return add(ADD_REGISTER, to.number, other.number, 0, 0);
    }

    public Instructions subtract(Register from, Register other) {
        return add(SUBTRACT_REGISTER, from.number, other.number, 0, 0);
    }

    /** Loads the address of a map. It takes two instructions. */
    public Instructions loadMap(Register to, int descriptor) {
        return add(LOAD_MAP, to.number, MAP_DESCRIPTOR, 0, descriptor).add(0, 0, 0, 0, 0);
    }

    /** Calls a function of the kernel by its number. */
    public Instructions call(int function) {
        return add(CALL, 0, 0, 0, function);
    }

    /** Skips the instructions of {@code then} unless the register has this value. */
    public Instructions ifEqual(Register register, int value, Instructions then) {
        return jump(JUMP_UNLESS_EQUAL, register.number, 0, value, then);
    }

    /** Skips the instructions of {@code then} unless the lower four bytes of the register are these. */
    public Instructions ifWordEqual(Register register, int word, Instructions then) {
        return jump(JUMP_UNLESS_WORD_EQUAL, register.number, 0, word, then);
    }

    /** Skips the instructions of {@code then} unless both registers have the same value. */
    public Instructions ifSame(Register register, Register other, Instructions then) {
        return jump(JUMP_UNLESS_SAME, register.number, other.number, 0, then);
    }

    /** Skips the instructions of {@code then} if the register has this value. */
    public Instructions unlessEqual(Register register, int value, Instructions then) {
        return jump(JUMP_IF_EQUAL, register.number, 0, value, then);
    }

    /** Skips the instructions of {@code then} unless the register, as a number without a sign, is greater. */
    public Instructions ifGreater(Register register, int than, Instructions then) {
        return jump(JUMP_UNLESS_GREATER, register.number, 0, than, then);
    }

    /** Skips the instructions of {@code then} unless the first register, as a number without a sign, is greater. */
    public Instructions ifGreater(Register register, Register than, Instructions then) {
        return jump(JUMP_UNLESS_GREATER_THAN_REGISTER, register.number, than.number, 0, then);
    }

    private Instructions jump(int operation, int register, int other, int value, Instructions then) {
        add(operation, register, other, then.code.size(), value);
        return add(then);
    }

    public Instructions add(Instructions more) {
        code.addAll(more.code);
        return this;
    }

    /** Adds to the number at an address. */
    public Instructions addAtomically(Register to, int offset, Register from) {
        return add(ADD_ATOMICALLY, to.number, from.number, offset, 0);
    }

    public Instructions exit() {
        return add(EXIT, 0, 0, 0, 0);
    }

    private Instructions add(int operation, int to, int from, int offset, int number) {
        code.add(operation
                | (long) to << 8
                | (long) from << 12
                | (long) (offset & 0xffff) << 16
                | (long) number << Integer.SIZE);
        return this;
    }

    public byte[] bytes() {
        ByteBuffer bytes = ByteBuffer.allocate(code.size() * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        code.forEach(bytes::putLong);
        return bytes.array();
    }
}
