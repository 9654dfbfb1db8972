#include "textflag.h"

DATA constants<>+0(SB)/1, $0x0a
DATA constants<>+1(SB)/1, $0x20
GLOBL constants<>(SB), RODATA|NOPTR, $2

// GATHER turns the highest bits of the bytes of LOW and HIGH into bits of TO.
#define GATHER(LOW, HIGH, TO) \
	VPMOVMSKB LOW, TO \
	VPMOVMSKB HIGH, R13 \
	SHLQ $32, R13 \
	ORQ R13, TO

// EQUAL turns the bytes of Y4 and Y5 that equal those of WHAT into bits of TO.
#define EQUAL(WHAT, TO) \
	VPCMPEQB Y4, WHAT, Y6 \
	VPCMPEQB Y5, WHAT, Y7 \
	GATHER(Y6, Y7, TO)

// PLACE notes where the lowest bit of R13 stands, and clears it.
#define PLACE(AT) \
	TZCNTQ R13, R14 \
	BLSRQ R13, R13 \
	ADDL BX, R14 \
	MOVL R14, AT

// func scanAVX2(out *marks, places *uint32, b *byte, blocks, from int, sep byte) (n int)
TEXT ·scanAVX2(SB), NOSPLIT, $16-56
	MOVQ out+0(FP), DI
	MOVQ places+8(FP), DX
	MOVQ b+16(FP), SI
	MOVQ blocks+24(FP), CX
	MOVQ from+32(FP), BX
	VPBROADCASTB sep+40(FP), Y0
	VPBROADCASTB constants<>+0(SB), Y1
	VPBROADCASTB constants<>+1(SB), Y2

	// What the byte before the first block is: a separator or LF, a blank.
	MOVBLZX -1(SI), AX
	XORQ R8, R8
	XORQ R9, R9
	XORQ R10, R10
	CMPB AX, sep+40(FP)
	SETEQ R8
	CMPB AX, $0x0a
	SETEQ R9
	CMPB AX, $0x20
	SETEQ R10
	ORQ R9, R8
	MOVQ R8, wasSep-8(SP)
	MOVQ R10, wasBlank-16(SP)

next:
	VMOVDQU (SI), Y4
	VMOVDQU 32(SI), Y5
	EQUAL(Y0, R8)
	EQUAL(Y1, R9)
	EQUAL(Y2, R10)
	GATHER(Y4, Y5, R11)

	// Below a blank as signed bytes: control characters and what is beyond ASCII.
	VPCMPGTB Y4, Y2, Y6
	VPCMPGTB Y5, Y2, Y7
	GATHER(Y6, Y7, R12)
	ORQ R9, R8
	MOVQ R8, R14
	ORQ R11, R14
	NOTQ R14
	ANDQ R14, R12

	// blanks & (seps<<1 | seps>>1 | wasSep) | seps & wasBlank
	MOVQ R8, R13
	SHLQ $1, R13
	ORQ wasSep-8(SP), R13
	MOVQ R8, R14
	SHRQ $1, R14
	ORQ R14, R13
	ANDQ R10, R13
	MOVQ wasBlank-16(SP), R14
	ANDQ R8, R14
	ORQ R14, R13
	MOVQ R8, R14
	SHRQ $63, R14
	MOVQ R14, wasSep-8(SP)
	SHRQ $63, R10
	MOVQ R10, wasBlank-16(SP)

	MOVQ R9, 0(DI)
	MOVQ R11, 16(DI)
	MOVQ R12, 24(DI)
	MOVQ R13, 32(DI)
	ORQ R11, R12
	ORQ R12, R13
	MOVQ R13, 8(DI)
	MOVQ R8, R13

	// Twelve places at a time: what is written beyond the last one is written over.
	POPCNTQ R13, AX
	MOVQ DX, R8
	LEAQ (DX)(AX*4), DX

more:
	PLACE(0(R8))
	PLACE(4(R8))
	PLACE(8(R8))
	PLACE(12(R8))
	PLACE(16(R8))
	PLACE(20(R8))
	PLACE(24(R8))
	PLACE(28(R8))
	PLACE(32(R8))
	PLACE(36(R8))
	PLACE(40(R8))
	PLACE(44(R8))
	ADDQ $48, R8
	CMPQ R8, DX
	JB more

	ADDQ $64, SI
	ADDQ $40, DI
	ADDQ $64, BX
	DECQ CX
	JNE next
	VZEROUPPER
	SUBQ places+8(FP), DX
	SHRQ $2, DX
	MOVQ DX, n+48(FP)
	RET
