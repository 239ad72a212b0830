"""One step of the machine, case by case: the table behind `machine_rules.CASES`.

A line reads `RULE MODE name: before -> after`. MODE is `any` (both modes, same step), `std` or
`acc` (accumulate). Before: words from address 0, signed; `@a` continues at address a; `pc=`,
`w=` (8), `n=` (16), `in=` (the input word), `dirty` (taken, valid, output 5 left by the last
step). After: pc, then `@a` and a word for each cell that is written, `taken`, `out=`; what is
not named is as before, or 0 for flags and output.
"""

TABLE = """
M2.1 any pc -1 halts: 3 4 9 pc=-1 -> -1
M2.1 any the smallest pc halts: 3 4 9 pc=-128 -> -128
M2.1 any halted clears flags and output: 3 4 9 pc=-2 dirty -> -2
M2.1 any halted takes no input: -1 4 9 pc=-2 in=77 dirty -> -2
M2.1 any halted inside the memory: @200 3 4 9 pc=200 n=256 -> 200
M2.1 any halted at the smallest pc inside the memory: @128 3 4 9 pc=128 n=256 -> 128
M2.1 any halted where the port would write: @253 0 -1 pc=253 n=256 -> 253
M2.1 any halted where the port would read: @200 -1 7 pc=200 n=256 in=3 -> 200
M2.1 any halted where an address is wrong: @156 99 250 4 pc=156 n=200 -> 156

M2.2 any pc + 2 = n: @14 1 2 pc=14 -> -128
M2.2 any pc = n - 1: @15 2 pc=15 dirty -> -128
M2.2 any pc = n: pc=16 -> -128
M2.2 any the largest pc: pc=127 in=3 -> -128
M2.2 any pc has the low bits of an instruction: @0 1 2 9 pc=32 -> -128
M2.2 any takes no input: @14 -1 2 pc=14 in=3 -> -128
M2.2 any the last instruction is none: @13 0 1 9 @0 1 pc=13 -> 9 @1 -1
M2.2 any n = 5, pc = 2: 0 3 1 1 1 pc=2 w=4 n=5 -> 1 @1 0
M2.2 any n = 5, pc = 3: @3 1 1 w=4 n=5 pc=3 -> -8
M2.2 any n = 4, pc = 2: 0 0 3 1 pc=2 w=4 n=4 -> -8

M2.3 any operands on both sides of 2^(w-1): @127 3 4 9 @4 1 n=256 pc=127 -> -126 @4 1
M2.3 any operands behind 2^(w-1): @126 3 4 9 @4 -1 n=256 pc=126 -> 9 @4 -1
M2.3 any cells with negative addresses: -56 -2 9 @200 3 @254 5 n=256 -> 3 @254 2

M1.1 any n = 4: 3 3 0 7 w=4 n=4 -> 0 @3 0
M1.1 any n = 4, pc = 1: 0 0 3 1 w=4 n=4 pc=1 -> 4
M1.1 any n = 2^w: 14 3 9 @14 1 w=4 n=16 -> 9 @3 -1
M1.2 any n = 2^w, the last cell is not written: 3 -1 9 4 @255 6 n=256 -> 3 out=4
M1.2 std n = 2^w, the last cell is not read: -1 3 9 @255 6 n=256 in=8 -> 3 @3 8 taken
M1.2 acc n = 2^w, the last cell is not read: -1 3 9 @255 6 n=256 in=8 -> 3 @3 8 taken
M1.2 any n = 2^w - 1, every cell is an address: 14 3 9 w=4 n=15 -> 9
M1.2 any n = 2^w - 1, PORT is no address: 3 -1 9 4 w=4 n=15 -> 3 out=4

M2.6 any positive: 3 4 9 2 5 -> 3 @4 3
M2.6 any zero: 3 4 9 5 5 -> 9 @4 0
M2.6 any negative: 3 4 9 6 5 -> 9 @4 -1
M2.6 any at another pc: @6 1 2 4 @1 7 9 pc=6 -> 9 @2 2
M2.6 any at an odd pc: @5 1 2 4 @1 9 7 pc=5 -> 4 @2 -2
M2.6 any branch to a negative address: 3 4 -7 1 1 -> -7 @4 0
M2.6 any branch to -1: 3 4 -1 1 1 -> -1 @4 0
M2.6 any branch to the smallest word: 3 4 -128 1 1 -> -128 @4 0
M2.6 any branch beyond the memory: 3 4 100 1 1 -> 100 @4 0
M2.6 any C beyond the memory is not used: 3 4 100 1 9 -> 3 @4 8
M2.6 any C = PORT is not used: 3 4 -1 1 9 -> 3 @4 8
M2.6 any the largest: 3 4 9 -127 0 -> 3 @4 127
M2.6 any wraps to the smallest: 3 4 9 -1 127 -> 9 @4 -128
M2.6 any the smallest minus itself: 3 4 9 -128 -128 -> 9 @4 0
M2.6 any 0 minus the smallest: 3 4 9 -128 0 -> 9 @4 -128
M2.6 any wraps to the largest: 3 4 9 1 -128 -> 3 @4 127
M2.6 any -1 minus -1: 3 4 9 -1 -1 -> 9 @4 0
M2.6 any borrow through all bits: 3 4 9 1 0 -> 9 @4 -1
M2.6 any borrow from the top bit: 3 4 9 1 64 -> 3 @4 63
M2.6 any wraps at w = 4: 3 4 9 1 -8 w=4 n=11 -> 3 @4 7
M2.6 any wraps at w = 5: 3 4 9 1 -16 w=5 -> 3 @4 15
M2.6 any wraps at w = 13: 3 4 9 1 -4096 w=13 -> 3 @4 4095
M2.6 any wraps at w = 16: 3 4 9 1 -32768 w=16 -> 3 @4 32767
M2.6 any wraps at w = 31: 3 4 9 1 -1073741824 w=31 -> 3 @4 1073741823
M2.6 any wraps at w = 32: 3 4 9 1 -2147483648 w=32 -> 3 @4 2147483647
M2.6 any the smallest at w = 32: 3 4 9 -2147483648 0 w=32 -> 9 @4 -2147483648
M2.6 any A = B clears: 5 5 9 @5 77 -> 9 @5 0
M2.6 any A = B = C: 5 5 5 @5 77 -> 5 @5 0
M2.6 any A = pc: 0 5 9 @5 3 -> 3 @5 3
M2.6 any A = pc elsewhere: @4 4 5 9 pc=4 -> 7 @5 1
M2.6 any A = pc + 1: 1 5 9 @5 3 -> 9 @5 -2
M2.6 any A = pc + 2: 2 5 9 @5 3 -> 9 @5 -6
M2.6 any B = pc: 5 0 9 @5 3 -> 3 @0 2
M2.6 any B = pc + 1: 5 1 9 @5 -3 -> 3 @1 4
M2.6 any B = pc + 2, the old C counts: 5 2 9 @5 11 -> 9 @2 -2
M2.6 any B = pc + 3, the next instruction: 6 3 9 1 -1 -1 -2 -> 3 @3 3
M2.6 any A = B = pc: 0 0 9 -> 9 @0 0
M2.6 any A = B = pc elsewhere: @4 4 4 9 pc=4 -> 9 @4 0
M2.6 any A = B = pc + 1: 1 1 9 -> 9 @1 0
M2.6 any A = B = pc + 2: 2 2 9 -> 9 @2 0
M2.6 any A = pc, B = pc + 1: 0 1 9 -> 3 @1 1
M2.6 any A = pc + 1, B = pc: @3 4 3 9 pc=3 -> 6 @3 1
M2.6 any A = B = C = pc: @4 4 4 4 pc=4 -> 4 @4 0
M2.6 any C = pc, a loop: @4 7 8 4 1 pc=4 -> 4 @8 -1
M2.6 any C = pc + 1: @4 7 8 5 1 pc=4 -> 5 @8 -1
M2.6 any C = pc + 3: 7 8 3 -> 3
M2.6 any C = A: 7 8 7 -> 7
M2.6 any C = B: 7 8 8 -> 8
M2.6 any the last cell as A: 15 4 9 @15 2 -> 9 @4 -2
M2.6 any the last cell as B: 4 15 9 @4 -2 -> 3 @15 2
M2.6 any the last cell as A and B: 15 15 9 @15 2 -> 9 @15 0
M2.6 any onward leaves the memory: @13 0 1 9 @0 -1 pc=13 -> 16 @1 1
M2.6 any onward past the largest word halts: @125 3 4 9 @4 1 n=256 pc=125 -> -128 @4 1
M2.9 any clears the flags of the last step: 3 4 9 dirty in=6 -> 9
M2.9 any the input word is carried: 3 4 9 in=65 -> 9

M2.5 any output: 5 -1 9 @5 65 -> 3 out=65
M2.5 any output of 0 is valid: 5 -1 9 -> 3 out=0
M2.5 any output of -1: 5 -1 9 @5 -1 in=9 -> 3 out=-1
M2.5 any output does not branch: 5 -1 -1 @5 -9 -> 3 out=-9
M2.5 any output replaces the last: 5 -1 9 @5 7 dirty -> 3 out=7
M2.5 any output of its own A: 0 -1 9 -> 3 out=0
M2.5 any output of its own B: 1 -1 9 -> 3 out=-1
M2.5 any output of its own C: 2 -1 9 -> 3 out=9
M2.5 any output from the last cell: 15 -1 9 @15 7 -> 3 out=7
M2.5 any output in the last instruction: @13 5 -1 2 pc=13 -> 16 out=0
M2.5 any output and onward past the largest word: @127 5 -1 @5 4 pc=127 n=256 -> -126 out=4
M2.5 any output of the smallest at w = 32: 5 -1 9 @5 -2147483648 w=32 -> 3 out=-2147483648
M2.5 any port to port: -1 -1 9 in=66 -> 3 taken out=66
M2.5 any port to port at the end of input: -1 -1 9 in=-1 -> 3 taken out=-1
M2.5 any port to port, all PORT: -1 -1 -1 in=66 dirty -> 3 taken out=66
M2.5 std input: -1 5 9 in=65 -> 3 @5 65 taken
M2.5 std input replaces the cell: -1 5 9 @5 3 in=65 -> 3 @5 65 taken
M2.5 std input of 0 does not branch: -1 5 9 @5 3 -> 3 @5 0 taken
M2.5 std input of the smallest does not branch: -1 5 9 @5 3 in=-128 -> 3 @5 -128 taken
M2.5 std the end of input is -1 and does not branch: -1 5 -1 in=-1 -> 3 @5 -1 taken
M2.5 std input to its own A: -1 0 9 in=65 -> 3 @0 65 taken
M2.5 std input to its own B: -1 1 9 in=65 -> 3 @1 65 taken
M2.5 std input to its own C: -1 2 9 in=65 -> 3 @2 65 taken
M2.5 std input to the last cell: -1 15 9 in=65 -> 3 @15 65 taken
M2.5 std input clears valid and output: -1 5 9 in=65 dirty -> 3 @5 65 taken
M2.5 std input and onward past the largest word: @127 -1 5 pc=127 n=256 in=4 -> -126 @5 4 taken
M2.5 std input of 32 bits: -1 5 9 in=-2147483648 w=32 -> 3 @5 -2147483648 taken

M2.8 acc adds: -1 5 9 @5 3 in=65 -> 3 @5 68 taken
M2.8 acc adds to zero and branches: -1 5 9 @5 -65 in=65 -> 9 @5 0 taken
M2.8 acc adds to a negative and branches: -1 5 9 @5 -66 in=65 -> 9 @5 -1 taken
M2.8 acc adds 0 to 0: -1 5 9 -> 9 taken
M2.8 acc the end of input adds -1: -1 5 9 @5 1 in=-1 -> 9 @5 0 taken
M2.8 acc the end of input into 0: -1 5 9 in=-1 dirty -> 9 @5 -1 taken
M2.8 acc wraps up: -1 5 9 @5 127 in=1 -> 9 @5 -128 taken
M2.8 acc wraps down: -1 5 9 @5 -128 in=-1 -> 3 @5 127 taken
M2.8 acc to its own A: -1 0 9 in=65 -> 3 @0 64 taken
M2.8 acc to its own B: -1 1 9 in=65 -> 3 @1 66 taken
M2.8 acc to its own C, the old one counts: -1 2 9 in=-9 -> 9 @2 0 taken
M2.8 acc to the last cell: -1 15 9 in=65 -> 3 @15 65 taken
M2.8 acc C = PORT halts: -1 5 -1 -> -1 taken
M2.8 acc at w = 32: -1 5 9 @5 2147483647 in=1 w=32 -> 9 @5 -2147483648 taken

M2.7 any A = n: 16 5 9 @5 3 -> -128
M2.7 any B = n: 5 16 9 @5 3 -> -128
M2.7 any A = -2: -2 5 9 @5 3 dirty -> -128
M2.7 any B = -2: 5 -2 9 @5 3 dirty -> -128
M2.7 any A = B = n: 16 16 9 -> -128
M2.7 any A and B: 20 30 9 -> -128
M2.7 any A has the low bits of a cell: 36 5 9 @4 1 -> -128
M2.7 any B has the low bits of a cell: 5 36 9 @4 1 -> -128
M2.7 any A is wrong, B its own cell: 99 2 9 -> -128
M2.7 any A is its own cell, B wrong: 2 99 9 -> -128
M2.7 any A = PORT, B = n takes no input: -1 16 9 in=3 dirty -> -128
M2.7 any A = PORT, B = -2 takes no input: -1 -2 9 in=3 -> -128
M2.7 any A = n, B = PORT puts out nothing: 16 -1 9 in=3 dirty -> -128
M2.7 any n = 2^w - 2, one address too many: 14 3 9 w=4 n=14 -> -8
M2.7 any n = 5: 5 3 1 w=4 n=5 -> -8
M2.7 any at w = 32, the top bit: -2147483648 3 9 w=32 -> -2147483648
M2.7 any at w = 32, a high bit: 1073741827 3 9 w=32 -> -2147483648
M2.7 any at w = 32, B = n: 3 24 9 w=32 n=24 -> -2147483648
"""
