#include "textflag.h"

DATA constants<>+0(SB)/1, $0x0a
DATA constants<>+1(SB)/1, $0x20
DATA constants<>+2(SB)/1, $0xc0
DATA constants<>+3(SB)/1, $0xc1
DATA constants<>+4(SB)/1, $0xe0
GLOBL constants<>(SB), RODATA|NOPTR, $5

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

// func scanAVX2(out *marks, odd *uint64, places, ends *uint32, b *byte, blocks, from, base int, sep byte, lax uint64) (n, lines int)
TEXT ·scanAVX2(SB), NOSPLIT, $16-96
	MOVQ out+0(FP), DI
	MOVQ places+16(FP), DX
	MOVQ ends+24(FP), R15
	MOVQ b+32(FP), SI
	MOVQ blocks+40(FP), CX
	MOVQ from+48(FP), BX
	VPBROADCASTB sep+64(FP), Y0
	VPBROADCASTB constants<>+0(SB), Y1
	VPBROADCASTB constants<>+1(SB), Y2
	VPBROADCASTB constants<>+2(SB), Y3
	VPBROADCASTB constants<>+3(SB), Y10
	VPBROADCASTB constants<>+4(SB), Y11

	// What the byte before the first block is: a separator or LF, a blank.
	MOVBLZX -1(SI), AX
	XORQ R8, R8
	XORQ R9, R9
	XORQ R10, R10
	CMPB AX, sep+64(FP)
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

	// Letters of two bytes: C2 to DF, then 80 to BF.
	VPCMPGTB Y4, Y3, Y6
	VPCMPGTB Y5, Y3, Y7
	GATHER(Y6, Y7, AX)
	VPCMPGTB Y10, Y4, Y6
	VPCMPGTB Y4, Y11, Y7
	VPAND Y6, Y7, Y8
	VPCMPGTB Y10, Y5, Y6
	VPCMPGTB Y5, Y11, Y7
	VPAND Y6, Y7, Y9
	GATHER(Y8, Y9, R14)
	SHRQ $1, AX
	ANDQ R14, AX
	LEAQ (AX)(AX*1), R14
	ORQ R14, AX
	ANDQ lax+72(FP), AX
	NOTQ AX
	ANDQ R11, AX

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

	MOVQ R11, 0(DI)
	MOVQ R12, 8(DI)
	MOVQ R13, 16(DI)
	ORQ AX, R12
	ORQ R12, R13
	MOVQ odd+8(FP), AX
	MOVQ R13, (AX)
	ADDQ $8, AX
	MOVQ AX, odd+8(FP)

	// Which of the places the first LF is; it is written over where there is none.
	MOVQ DX, R12
	SUBQ places+16(FP), R12
	SHRQ $2, R12
	ADDQ base+56(FP), R12
	BLSIQ R9, R14
	DECQ R14
	ANDQ R8, R14
	POPCNTQ R14, R14
	ADDQ R12, R14
	MOVL R14, (R15)
	POPCNTQ R9, R13
	CMPQ R13, $1
	JA lines
	LEAQ (R15)(R13*4), R15

places:
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
	ADDQ $24, DI
	ADDQ $64, BX
	DECQ CX
	JNE next
	VZEROUPPER
	SUBQ places+16(FP), DX
	SHRQ $2, DX
	MOVQ DX, n+80(FP)
	SUBQ ends+24(FP), R15
	SHRQ $2, R15
	MOVQ R15, lines+88(FP)
	RET

lines:
	BLSIQ R9, R14
	DECQ R14
	ANDQ R8, R14
	POPCNTQ R14, R14
	ADDQ R12, R14
	MOVL R14, (R15)
	ADDQ $4, R15
	BLSRQ R9, R9
	JNE lines
	JMP places
